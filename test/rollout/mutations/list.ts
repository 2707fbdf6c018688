/** A mistake that somebody could make in src/rollout. */
export interface Mutation {
  readonly what: string;
  /** In src/rollout. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

const set = (file: string) => `game-stateful-set/${file}.ts`;

export const MUTATIONS: readonly Mutation[] = [
  // The budget.
  {
    what: 'one pod more than maxUnavailable',
    file: set('budget'),
    find: 'others - excused >= this.max',
    replace: 'others - excused > this.max',
  },
  {
    what: 'a pod that is being created holds nobody back',
    file: set('update'),
    find: '!isBeingCreated(other.pod) && isCandidate(other)',
    replace: 'isCandidate(other)',
  },
  {
    what: 'a bad image does not stop by itself',
    file: set('budget'),
    find: 'if (atTarget >= this.max || ',
    replace: 'if (',
  },
  {
    what: 'the partition is not kept to',
    file: set('budget'),
    find: "if (needsShare && share <= 0) return 'held';",
    replace: '',
  },
  {
    what: 'a pod that another drain holds is not counted',
    file: set('budget'),
    find: "isAtTarget || view?.stage.kind === 'draining'",
    replace: 'isAtTarget',
  },
  {
    what: 'broken pods below hold up those above them',
    file: set('update'),
    find: 'needsShare(this.round, view) }, excused);',
    replace: 'needsShare(this.round, view) }, excused * 0);',
  },
  {
    what: 'an ordered set is updated in parallel',
    file: set('settings'),
    find: 'maxUnavailable: ordered ? 1 : ',
    replace: 'maxUnavailable: ',
  },
  {
    what: 'ready is available, whatever minReadySeconds',
    file: set('pod-view'),
    find: 'available: settled && availableAt <= now,',
    replace: 'available: settled,',
  },
  // The gate and the grace.
  {
    what: 'the gate is not closed before a patch',
    file: set('update'),
    find: "if (gate.kind === 'none') {",
    replace: "if (gate.kind !== 'closed') {",
  },
  {
    what: 'half of the grace',
    file: set('gates'),
    find: 'from + grace * 1000',
    replace: 'from + grace * 500',
  },
  {
    what: 'the grace counts from our write on',
    file: set('gates'),
    find: "if (!isOut && now < deadline) return { kind: 'leavingTraffic', at: deadline };",
    replace: '',
  },
  {
    what: 'nobody looks at the endpoints',
    file: set('gates'),
    find: '!view.ready && !snapshot.inTraffic.has(view.at.uid)',
    replace: '!view.ready',
  },
  {
    what: 'no grace, as if nobody were served',
    file: set('update'),
    find: 'const servesNobody = empty || isWithdrawn(gate, state);',
    replace: 'const servesNobody = empty || state !== undefined;',
  },
  {
    what: 'a pod with players counts as empty',
    file: set('pod-view'),
    find: 'const ours = isOurs ? stage.state.containers.map(({ name }) => name) : [];',
    replace: "const ours = stage.kind === 'verifying' ? stage.state.containers.map(({ name }) => name) : [];",
  },
  {
    what: 'a gate opens before the update is proven',
    file: set('gates'),
    find: "if (stage.kind === 'verified')",
    replace: "if (stage.kind === 'verified' || stage.kind === 'verifying')",
  },
  {
    what: 'gates of new pods stay closed',
    file: set('gates'),
    find: "if (stage.kind === 'newborn') draft.do(",
    replace: "if (stage.kind === 'newborn') draft.say(''); else if (stage.kind === 'serving' && false) draft.do(",
  },
  {
    what: 'a cancel opens the gate of a pod that is patched and not proven',
    file: set('drain'),
    find: 'if (unproven && state) {',
    replace: 'if (unproven && state && false) {',
  },
  {
    what: 'nothing is cancelled by a pause',
    file: set('drain'),
    find: "if (paused) cancel(round, view, stage, 'paused');\n    else if",
    replace: 'if (paused) keepClock(round, view, stage);\n    else if',
  },
  // Completion.
  {
    what: 'done when the image is the wanted one',
    file: 'pod/completion.ts',
    find: "if (containerID === '' || containerIDs.includes(containerID))",
    replace: "if (containerID === '' || !showsImage(pod, status))",
  },
  {
    what: 'done when ready',
    file: 'pod/completion.ts',
    find: "if (containerID === '' || containerIDs.includes(containerID))",
    replace: "if (containerID === '')",
  },
  {
    what: 'a new container of the same image is believed at once',
    file: 'pod/completion.ts',
    find: 'if (now >= settledAt) return undefined;',
    replace: 'return undefined;',
  },
  {
    what: 'containers of earlier patches are forgotten',
    file: 'pod/update-state.ts',
    find: '[...new Set([...seen, ...now.flatMap(',
    replace: '[...new Set([...now.flatMap(',
  },
  {
    what: 'a second image while the first is on its way',
    file: set('pod-view'),
    find: "completion.kind === 'pending' && completion.acted;",
    replace: "completion.kind === 'pending';",
  },
  {
    what: 'a patch while containers are being created',
    file: set('drain'),
    find: 'if (isBeingCreated(view.pod)) draft.say(',
    replace: 'if (isBeingCreated(view.pod) && false) draft.say(',
  },
  // The patch.
  {
    what: 'label without image',
    file: set('patch'),
    find: 'change: { ...change, initImages',
    replace: 'change: { ...change, images: {}, initImages',
  },
  {
    what: 'the pod remembers nothing',
    file: set('patch'),
    find: 'containers: [...unproven, ...containersBefore(pod, changed)],',
    replace: 'containers: unproven,',
  },
  {
    what: 'a label that somebody wrote is believed',
    file: set('pod-view'),
    find: 'revision: revision === label ? label : undefined, base: revision',
    replace: 'revision: label, base: revision',
  },
  {
    what: 'the template of an earlier generation is sent',
    file: set('target'),
    find: 'if (resolved?.generation !== generation) {',
    replace: 'if (!resolved) {',
  },
  {
    what: 'the update revision of an earlier template is taken',
    file: set('target'),
    find: "if (isObserved(child) && revision !== undefined && revision !== '')",
    replace: "if (revision !== undefined && revision !== '')",
  },
  {
    what: 'prerequisites hold up the first start only',
    file: set('target'),
    find: 'if (prerequisites.waiting !== undefined)',
    replace: 'if (prerequisites.waiting === undefined && false)',
  },
  {
    what: 'what cannot change in place is made anew all the same',
    file: set('settings'),
    find: "mayRecreate: !inPlace || inPlaceUpdateStrategy.fallback === 'Recreate',",
    replace: 'mayRecreate: true,',
  },
  {
    what: 'a pod without the gate is patched although it should be made anew',
    file: set('way'),
    find: "if (view.gate.kind === 'none' && !settings.patchUngated) return { kind: 'recreate' };",
    replace: '',
  },
  {
    what: 'sidecars are patched on kubelets that do not restart them',
    file: set('way'),
    find: 'return sidecarObstacle(round, view, diff.change) ?? diff;',
    replace: 'return diff;',
  },
  // Hooks.
  {
    what: 'no hook before an update in place',
    file: set('update'),
    find: "if (taken === 'taken' && round.agrees(view, 'updateInPlace')) this.begin(view);",
    replace: "if (taken === 'taken') this.begin(view);",
  },
  {
    what: 'a hook that does not agree any more',
    file: set('drain'),
    find: "else if (round.agrees(view, 'updateInPlace')) updatePod(",
    replace: 'else if (round.now > 0) updatePod(',
  },
  {
    what: 'no hook before a pod is made anew',
    file: set('recreate'),
    find: "if (taken !== 'taken' || !round.agrees(view, 'delete')) break;",
    replace: "if (taken !== 'taken') break;",
  },
  {
    what: 'no hook before a scale-in',
    file: set('scale'),
    find: "if (view ? !round.agrees(view, 'delete') : mayHideOne",
    replace: 'if (!view && mayHideOne',
  },
  {
    what: 'no hook before the first ordinal changes',
    file: set('scale'),
    find: 'if (answers.includes(false)) return {};',
    replace: '',
  },
  {
    what: 'the next pod does not wait for the hook after an update',
    file: set('budget'),
    find: "|| round.agrees(view, 'afterUpdate');",
    replace: '|| true;',
  },
  // The child.
  {
    what: 'the partition is lowered one too far',
    file: set('partition'),
    find: 'const lowest = batch.at(-1)?.index;',
    replace: 'const lowest = batch.length === 0 ? undefined : Math.max(0, batch.at(-1)!.index - 1);',
  },
  {
    what: 'a partition that has become too low stays',
    file: set('partition'),
    find: 'const isSafe = now >= floor;',
    replace: 'const isSafe = true;',
  },
  {
    what: 'the partition stays open at the end',
    file: set('partition'),
    find: 'const next = isCurrent(child) ? CLOSED : nextPartition',
    replace: 'const next = nextPartition',
  },
  {
    what: 'new pods get the target although the partition holds it back',
    file: set('partition'),
    find: '? next : CLOSED;',
    replace: '? next : next;',
  },
  {
    what: 'other ordinals in the middle of an update',
    file: set('scale'),
    find: "if (target.kind !== 'go' || target.progress.isMoving) {",
    replace: "if (target.kind !== 'go') {",
  },
  {
    what: 'pods that are not seen leave without a hook',
    file: set('scale'),
    find: 'if (isObserved(child) && pods.length >= replicas) return false;',
    replace: 'return false;',
  },
  {
    what: 'a child that is missing is made with the new template',
    file: set('start'),
    find: 'if (stable) {',
    replace: 'if (stable && false) {',
  },
  {
    what: 'a child that is missing is made too small for its pods',
    file: set('start'),
    find: 'Math.max(start === settings.start ? wanted : 0, ...ordinals.map((at) => at - start + 1))',
    replace: 'wanted',
  },
  // The status.
  {
    what: 'every status has the time',
    file: set('conditions'),
    find: 'same?.lastTransitionTime ?? timestamp(round.now)',
    replace: 'timestamp(round.now)',
  },
  {
    what: 'done although a pod does not serve',
    file: set('done'),
    find: 'pods.every((view) => view.available && round.isKept(view))',
    replace: 'pods.every((view) => round.isKept(view))',
  },
  {
    what: 'the time at which to look again is lost',
    file: set('draft'),
    find: 'this.wakeAt = Math.min(at, this.wakeAt ?? Infinity);',
    replace: 'this.wakeAt = Math.max(at, this.wakeAt ?? 0);',
  },
];
