import type { GameStatefulSetStatus } from '../../api/generated/types/game-stateful-set.js';
import type { KubeApi } from '../../kube/api.js';
import type { Clock } from '../../kube/clock.js';
import { isKubeError } from '../../kube/error.js';
import type { Stored } from '../../kube/objects.js';
import type { Action } from '../../rollout/game-stateful-set/action.js';
import type { StatefulSet } from '../../api/native.js';
import type { Memory } from './memory.js';
import type { OwnWrites, Write } from './own-writes.js';
import { requestOf, type Request } from './request.js';

export interface ExecutorOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly ownWrites: OwnWrites;
  readonly memory: Memory;
  /** Writes under way for one workload. @default 8 */
  readonly parallel?: number;
  /** When it is aborted nothing more is begun; what is under way goes on. */
  readonly ending?: AbortSignal;
  /** Told of each action that was done, and of each that was not. */
  readonly onAction?: OnAction;
}

/** `took` in milliseconds. */
export type OnAction = (workload: Acting, action: Action, outcome: ActionOutcome, took: number) => void;

/** Whose actions they are. */
export interface Acting {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid: string;
  /** When it was decided on. */
  readonly status: GameStatefulSetStatus;
  /** Whether what was decided on is still what is asked for: nothing more is begun when it is not. @default it is */
  readonly isCurrent?: () => boolean;
}

export type ActionOutcome =
  | { readonly kind: 'done' }
  /** Somebody was quicker; what it was decided on holds no longer. */
  | { readonly kind: 'outdated'; readonly error: unknown }
  /** The server says no, and that is what we know now: the next decision says so. */
  | { readonly kind: 'answered'; readonly error: unknown }
  /** The server says no to what was asked, and will again. */
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Turns actions into requests, and keeps what became of them. */
export class Executor {
  constructor(private readonly options: ExecutorOptions) {}

  /** Writes to different objects side by side, to one object one after the other; the status last. */
  async run(workload: Acting, actions: readonly Action[], signal: AbortSignal): Promise<readonly ActionOutcome[]> {
    const { parallel = 8 } = this.options;
    const rows = new Map<string, Action[]>();
    for (const action of actions) {
      if (action.kind === 'writeStatus') continue;
      const row = 'pod' in action ? action.pod.uid : action.kind;
      rows.set(row, [...(rows.get(row) ?? []), action]);
    }
    const outcomes: ActionOutcome[] = [];
    const waiting = [...rows.values()];
    const work = async (): Promise<void> => {
      for (let row = waiting.shift(); row; row = waiting.shift()) await this.inRow(workload, row, signal, outcomes);
    };
    await Promise.all(Array.from({ length: parallel }, work));
    const status = actions.filter(({ kind }) => kind === 'writeStatus');
    await this.inRow(workload, status, signal, outcomes);
    return outcomes;
  }

  private async inRow(
    workload: Acting,
    actions: readonly Action[],
    signal: AbortSignal,
    outcomes: ActionOutcome[],
  ): Promise<void> {
    for (const action of actions) {
      if (this.options.ending?.aborted || workload.isCurrent?.() === false) return;
      outcomes.push(await this.perform(workload, action, signal));
    }
  }

  private async perform(workload: Acting, action: Action, signal: AbortSignal): Promise<ActionOutcome> {
    const { clock } = this.options;
    const request = requestOf(action, workload.namespace, clock.now());
    const since = clock.monotonic();
    const outcome = await this.send(request, signal).then(
      (stored) => this.done(workload, action, request, stored),
      (error: unknown) => this.notDone(workload, action, request, error),
    );
    this.options.onAction?.(workload, action, outcome, clock.monotonic() - since);
    return outcome;
  }

  private async send(request: Request, signal: AbortSignal): Promise<Stored | undefined> {
    const { api } = this.options;
    signal.throwIfAborted();
    switch (request.kind) {
      case 'create':
        return api.create(request.resource, request.object, { signal, dryRun: request.dryRun });
      case 'patch': {
        const { resource, name, patch, subresource } = request;
        return api.patch(resource, name, patch, { signal, ...(subresource !== undefined && { subresource }) });
      }
      case 'delete': {
        const { resource, name, uid, resourceVersion } = request;
        await api.delete(resource, name, { signal, uid, resourceVersion });
        return undefined;
      }
    }
  }

  private done({ key, uid }: Acting, action: Action, request: Request, stored: Stored | undefined): ActionOutcome {
    const { memory, ownWrites } = this.options;
    if (action.kind === 'resolveTemplate') {
      const { template, volumeClaimTemplates: claims = [] } = (stored as unknown as StatefulSet).spec;
      memory.resolve(key, uid, { generation: action.generation, template, claims });
    } else ownWrites.record(key, writeOf(request, stored));
    return { kind: 'done' };
  }

  private notDone({ key, uid }: Acting, action: Action, request: Request, error: unknown): ActionOutcome {
    const { memory, ownWrites } = this.options;
    const isRefused = isKubeError(error, 'invalid', 'badRequest', 'forbidden', 'refused');
    if (action.kind === 'resolveTemplate') {
      if (isRefused) memory.resolve(key, uid, { generation: action.generation, refused: reasonOf(error) });
      return { kind: isRefused ? 'answered' : 'failed', error };
    }
    if (isKubeError(error, 'invalid') && isHistoryLimit(action)) {
      memory.historyLimitIsFixed = true;
      return { kind: 'answered', error };
    }
    if (isRefused) return { kind: 'refused', error };
    // 429 was not done; of all else nobody knows, or somebody else did something.
    if (!isKubeError(error, 'tooManyRequests', 'unauthorized')) {
      const { resource } = request;
      if (request.kind === 'create') {
        const { name = '', namespace } = request.object.metadata;
        ownWrites.record(key, {
          kind: 'unknown',
          resource,
          name: { ...(namespace !== undefined && { namespace }), name },
        });
      } else ownWrites.record(key, { kind: 'unknown', resource, name: request.name, uid: request.uid });
    }
    const isOutdated = isKubeError(error, 'conflict', 'alreadyExists', 'notFound');
    return { kind: isOutdated ? 'outdated' : 'failed', error };
  }
}

const isHistoryLimit = (action: Action): boolean =>
  action.kind === 'changeChild' && Object.keys(action.change).join() === 'revisionHistoryLimit';

function writeOf(request: Request, stored: Stored | undefined): Write {
  const { resource } = request;
  if (request.kind === 'delete') return { kind: 'deletion', resource, uid: request.uid };
  const { uid, resourceVersion } = stored!.metadata;
  return { kind: 'version', resource, uid, resourceVersion };
}

/** What the server says, without what we asked. */
function reasonOf(error: Error): string {
  return error.message.replace(/^[A-Z]+ \S+: \d+ ?\w*: /, '');
}
