/**
 * What the checks of a zone say about fields of the zone file, and what an author of constructs writes instead. Only what
 * constructs can bring about stands here; test/synth/program/words.test.ts finds what is missing.
 */
const SAID: readonly (readonly [said: RegExp, instead: string])[] = [
  // The zone
  [/^refer to a Secret instead, such as .*$/, 'use Credential.fromSecret(NAME, KEY)'],
  [/`defaultImage` for the zone/, '`image` for the zone'],
  [/\bset spec\.defaults\.artifacts\.image\b/, 'set `artifactsImage` on the zone'],
  [/, or spec\.defaults\.resources: .*$/, ", such as { requests: { cpu: '500m', memory: '1Gi' } }"],
  [/^declare it under spec\.hookTemplates .*$/, 'use a HookTemplate of this very zone, or HookTemplate.fromName(zone, ...)'], // prettier-ignore
  [/^(did you mean .*\?) Else declare it under .*$/, '$1'],
  // Services
  [/\bset scrape: PodMonitor\b/, 'set `podMonitor: true`'],
  [/^use RollingUpdate or OnDelete\b/, 'use UpdateStrategy.rolling() or UpdateStrategy.onDelete()'],
  [/^use RollingUpdate\b/, 'use UpdateStrategy.rolling()'],
  [/\bInplaceUpdate, HotPatchUpdate or RollingUpdate\b/, 'UpdateStrategy.inPlace, hotPatch or rolling'],
  [/`?\binPlaceUpdateStrategy\b`?/, '`gracePeriod` or `fallbackToRecreate`'],
  [/`?\bprepull\b`?/, '`prepullTimeout`'],
  [/\bgracePeriodSeconds\b/g, 'gracePeriod'],
  [/\bprogressDeadlineSeconds\b/g, 'progressDeadline'],
  // Sources of artifacts
  [/ or `\w+SecretRef`/, ''],
  [/ \(or (?:their )?`\w*SecretRef`\)/, ''],
  [/`sshKeySecretRef`/, '`sshKey`'],
  [/`branch`/, '`ref`'],
  [/^write bucket\/prefix\/, .*$/, 'use 3 to 63 lower-case letters, digits, dots and hyphens'],
  // Hooks
  [/\bdeadlineSeconds\b/g, 'deadline'],
  [/\btimeoutSeconds\b/g, 'timeout'],
  [/\bset method: POST\b/, 'use WebRequest.post'],
  [/\bwith valueFrom\.secretKeyRef \{name, key\}/, 'by `secretHeaders`'],
  [/^add \{name: (\w+)\} to args$/, "add it to `args`, such as { $1: '...' }"],
  [/^use the web or the prometheus provider$/, 'use WebRequest or PrometheusQuery'],
];

/** A message or a hint in the words of the constructs. */
export const inWordsOfProps = (text: string): string =>
  SAID.reduce((said, [pattern, instead]) => said.replace(pattern, instead), text);
