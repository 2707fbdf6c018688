import { withGame, zone } from './zone.js';
import type { BadZone } from './zone.js';

/** What Kubernetes spells, config files, names of variables, and zones without our controller. */
export const PODS: readonly BadZone[] = [
  // What Kubernetes spells
  {
    what: 'memory in a unit that does not exist',
    text: withGame('resources:\n  requests:\n    memory: 4GB #!'),
    says: 'resources.requests.memory',
    right: '4G',
  },
  {
    what: 'a request above its limit',
    text: withGame('resources:\n  requests:\n    cpu: 4 #!\n  limits:\n    cpu: 2'),
    says: 'resources.requests.cpu',
    right: 'limit',
  },
  {
    what: 'resources without requests or limits',
    text: withGame('resources:\n  cpu: 4 #!'),
    says: 'resources.cpu',
    right: 'requests',
  },
  {
    what: 'shared memory in words',
    text: withGame('sharedMemory: lots #!'),
    says: 'sharedMemory',
    right: 'such as 2Gi',
  },
  {
    what: 'a probe without anything to probe',
    text: withGame('probes:\n  readiness: #!\n    periodSeconds: 5'),
    says: 'probes.readiness',
    right: 'tcpSocket',
  },
  {
    what: 'a probe with a misspelt field',
    text: withGame('probes:\n  readiness:\n    tcpSoket: {port: 7001} #!'),
    says: 'tcpSoket',
    right: 'tcpSocket',
  },
  {
    what: 'a probe switched off the wrong way',
    text: withGame('probes:\n  readiness: false #!'),
    says: 'must be none or a mapping, but is false',
    right: '',
  },
  {
    what: 'a variable name with an equals sign',
    text: withGame('env:\n  9=LIVES: "1" #!'),
    says: '9=LIVES',
    right: 'characters without "="',
  },
  { what: 'a variable that is a list', text: withGame('env:\n  LIVES: [1] #!'), says: 'env.LIVES', right: '' },
  {
    what: 'a variable from nowhere',
    text: withGame('env:\n  LIVES:\n    secretKey: {name: a, key: b} #!'),
    says: 'unknown field `secretKey`',
    right: 'secretKeyRef',
  },
  {
    what: 'a toleration with a made-up effect',
    text: withGame('tolerations:\n  - key: a\n    operator: Exists\n    effect: NoStart #!'),
    says: 'effect',
    right: 'NoSchedule',
  },
  {
    what: 'a node label that no node can have',
    text: withGame('nodeSelector:\n  disk: a b #!'),
    says: 'nodeSelector.disk',
    right: 'letters',
  },
  {
    what: 'a budget that is no percentage',
    text: withGame('disruptionBudget:\n  maxUnavailable: 25 % #!'),
    says: 'must be a number or a percentage such as 25%, but is the text "25 %"',
    right: '',
  },
  {
    what: 'a pull policy that does not exist',
    text: withGame('imagePullPolicy: always #!'),
    says: 'must be Always, IfNotPresent or Never',
    right: 'did you mean `Always`?',
  },
  {
    what: 'a service account that is no name',
    text: zone({ spec: 'defaults:\n  serviceAccountName: My Account #!' }),
    says: 'serviceAccountName',
    right: 'lower-case',
  },
  {
    what: 'a pull secret that is no name',
    text: zone({ spec: 'defaults:\n  imagePullSecrets: [My_Secret] #! My' }),
    says: 'imagePullSecrets[0]',
    right: 'lower-case',
  },
  // Config files
  {
    what: 'a config file with a relative path',
    text: withGame('configFiles:\n  - path: app.ini #!\n    content: x'),
    says: 'the path is not absolute',
    right: '/app',
  },
  {
    what: 'a config file that is a folder',
    text: withGame('configFiles:\n  - path: /etc/app/ #!\n    content: x'),
    says: 'names a folder',
    right: 'name of the file',
  },
  {
    what: 'a config file twice',
    text: withGame('configFiles:\n  - path: /etc/a.ini\n    content: x\n  - path: /etc/a.ini #!\n    content: y'),
    says: 'stands here twice',
    right: 'remove one',
  },
  {
    what: 'a template with an unknown name',
    text: withGame('configFiles:\n  - path: /etc/a.ini\n    content: zone=${GAMEZONE_ZONE_IDS} #!'),
    says: '${GAMEZONE_ZONE_IDS}, which has no value',
    right: 'did you mean ${GAMEZONE_ZONE_ID}?',
  },
  {
    what: 'a template with a name of JavaScript',
    text: withGame('configFiles:\n  - path: /etc/a.ini\n    content: zone=${constructor} #!'),
    says: '${constructor}, which has no value',
    right: 'names with a value',
  },
  {
    what: 'a renamed variable that does not exist',
    text: zone({ spec: 'defaults:\n  envNames:\n    REDIS_HOTS: CACHE_HOST #!' }),
    says: 'the zone has no variable REDIS_HOTS',
    right: 'did you mean REDIS_HOST?',
  },
  {
    what: 'two variables of one name',
    text: zone({ spec: 'defaults:\n  envNames:\n    GAMEZONE_ZONE_ID: GAMEZONE_SERVICE_ID #!' }),
    says: 'would both be named GAMEZONE_SERVICE_ID',
    right: 'choose different names',
  },
  // Native
  {
    what: 'two images of a native type',
    text: zone({
      services: `- type: game\n  id: 6\n  image: registry.example.com/p/service:0.2.0 #!`,
      spec: 'runtime: native',
    }),
    says: 'all ids of a type run one image with runtime: native',
    right: 'remove',
  },
  {
    what: 'an in-place update of a native zone',
    text: withGame('update:\n  type: InplaceUpdate #!', 'runtime: native'),
    says: 'InplaceUpdate does not exist with runtime: native',
    right: 'RollingUpdate or OnDelete',
  },
];
