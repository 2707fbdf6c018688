import { canary, withGame, zone } from './zone.js';
import type { BadZone } from './zone.js';

/** How pods come to a new version. */
export const UPDATES: readonly BadZone[] = [
  {
    what: 'a type of update that does not exist',
    text: withGame('update:\n  type: InPlaceUpdate #!'),
    says: 'InPlaceUpdate',
    right: 'did you mean `InplaceUpdate`?',
  },
  {
    what: 'a field of the other kind of workload',
    text: withGame('update:\n  maxUnavailable: 1 #!'),
    says: 'unknown field `maxUnavailable`',
    right: 'rollingUpdate.maxUnavailable',
  },
  {
    what: 'a partition of all pods',
    text: withGame(canary('partition: 5 #!', 'pause: {}', 'partition: 0')),
    says: 'partition 5 keeps all 5 pods as they are: the step does nothing',
    right: 'use 0 to 4',
  },
  {
    what: 'a partition beyond the pods',
    text: withGame(canary('partition: 9 #!', 'pause: {}', 'partition: 0')),
    says: 'partition 9 is more than replicas 5',
    right: 'use 0 to 4',
  },
  {
    what: 'a partition that rises',
    text: withGame(canary('partition: 2', 'pause: {}', 'partition: 3 #!', 'pause: {}')),
    says: 'partition 3 is not less than partition 2 before it',
    right: 'use 0 to 1',
  },
  {
    what: 'two percentages that come to one number',
    text: withGame(canary('partition: 50%', 'pause: {}', 'partition: 45% #!', 'pause: {}')),
    says: 'partition 45% (3 of 5) is not less than partition 50% (3 of 5)',
    right: 'use 0 to 2',
  },
  {
    what: 'a step after the last pod',
    text: withGame(canary('partition: 0', 'pause: {} #!')),
    says: 'comes after partition 0: every pod is updated by then',
    right: 'put it before partition 0',
  },
  {
    what: 'a pause of no time',
    text: withGame(canary('partition: 4', 'pause: {duration: 0} #! duration', 'partition: 0')),
    says: 'duration 0 does not pause',
    right: 'pause: {}',
  },
  {
    what: 'a pause with a unit',
    text: withGame(canary('partition: 4', 'pause: {duration: 60s} #! duration', 'partition: 0')),
    says: '60s',
    right: '60',
  },
  {
    what: 'a pause after a pause',
    text: withGame(canary('partition: 4', 'pause: {}', 'pause: {duration: 60} #!', 'partition: 0')),
    says: 'the pause follows a pause',
    right: 'make one of them',
  },
  {
    what: 'an empty pause',
    text: withGame(canary('partition: 4', 'pause: #!', 'partition: 0')),
    says: 'pause: must be a mapping, but is empty',
    right: 'write {}',
  },
  {
    what: 'a step with two things',
    text: withGame(canary('partition: 4 #!\n  pause: {}', 'partition: 0')),
    says: 'partition',
    right: 'one of partition, pause and hook',
  },
  {
    what: 'a step that does not exist',
    text: withGame(canary('setWeight: 20 #!')),
    says: 'unknown field `setWeight`',
    right: 'partition',
  },
  {
    what: 'no steps',
    text: withGame('update:\n  canary:\n    steps: [] #!'),
    says: 'the canary has no steps',
    right: 'remove canary',
  },
  {
    what: 'steps that nobody takes',
    text: withGame('update:\n  type: OnDelete\n  canary:\n    steps: #!\n      - partition: 3'),
    says: 'canary steps do nothing with type OnDelete',
    right: 'InplaceUpdate',
  },
  {
    what: 'an update that can touch no pod',
    text: withGame('update:\n  rollingUpdate:\n    maxUnavailable: 0 #!'),
    says: 'maxUnavailable 0',
    right: 'use 1 or more',
  },
  {
    what: 'a percentage above 100',
    text: withGame('update:\n  rollingUpdate:\n    maxUnavailable: 150% #!'),
    says: '150%',
    right: 'percentage',
  },
  {
    what: 'a grace period beyond the deadline',
    text: withGame('progressDeadlineSeconds: 60\nupdate:\n  inPlaceUpdateStrategy:\n    gracePeriodSeconds: 90 #!'),
    says: 'gracePeriodSeconds 90 is not less than progressDeadlineSeconds 60',
    right: 'shorter grace',
  },
  {
    what: 'default steps that do not suit a type',
    text: zone({
      services: '- type: db\n  id: 1',
      spec: `defaults:\n  ${canary('partition: 3 #!', 'pause: {}', 'partition: 0').replaceAll('\n', '\n  ')}`,
    }),
    says: 'partition 3 is more than replicas 1',
    right: 'use 0',
  },
  {
    what: 'a misspelt field of the strategy',
    text: withGame('update:\n  inPlaceUpdateStrategy:\n    gracePeriod: 90 #!'),
    says: 'unknown field `gracePeriod`',
    right: 'gracePeriodSeconds',
  },
];
