import { IDS, IMAGE, withGame, zone } from './zone.js';
import type { BadZone } from './zone.js';

const longName = (length: number): string => 'z'.repeat(length);

/** Ids, images, names, ports and what Kubernetes spells. */
export const SERVICES: readonly BadZone[] = [
  // Ids
  { what: 'ids that run backwards', text: zone({ game: 'id: 5\nendId: 1 #!' }), says: 'the ids run backwards, from 5 to 1', right: 'write id: 1 and endId: 5' },
  { what: 'ids that overlap', text: zone({ services: '- type: game\n  id: 4 #!\n  endId: 8' }), says: 'game 4-5 stands in two entries, 1-5 and 4-8', right: 'split the entries into ids 1-3, 4-8, or keep 1-5' },
  { what: 'an id within a range', text: zone({ services: `- type: game\n  id: 3 #!\n  image: ${IMAGE}` }), says: 'game 3 stands in two entries, 1-5 and 3', right: 'split the entries into ids 1-2, 3, 4-5' },
  { what: 'an entry twice', text: zone({ services: '- type: game\n  id: 1 #!\n  endId: 5' }), says: 'game 1-5 stands in two entries', right: 'remove one of them' },
  { what: 'no ids and no replicas', text: zone({ services: '- type: login #!' }), says: 'login has no id', right: 'set `id`' },
  { what: 'an endId without id', text: zone({ game: 'endId: 5 #!' }), says: '`endId` without `id`', right: 'set `id`' },
  { what: 'ids and replicas', text: zone({ game: 'id: 1 #!\nreplicas: 3' }), says: '`id` and `replicas` exclude each other', right: 'keep one of them' },
  { what: 'two entries with replicas', text: zone({ game: 'replicas: 3', services: '- type: game #!\n  replicas: 2' }), says: 'game has `replicas` and so only one entry', right: 'merge the entries' },
  { what: 'a million ids', text: zone({ game: 'id: 1\nendId: 1000000 #!' }), says: '1000000 ids of one type are more than 10000', right: 'several types' },
  { what: 'an override of an id that is not there', text: zone({ game: `${IDS}\noverrides:\n  "7": {image: "${IMAGE}"} #! "7"` }), says: 'game has no id 7 in this entry', right: "the entry's ids are 1-5" },
  { what: 'an override without image', text: zone({ game: `${IDS}\noverrides:\n  "3": {} #! "3"` }), says: '`image` is missing', right: 'image reference' },
  { what: 'a setting that differs between entries of a type', text: zone({ game: 'id: 1\nsharedMemory: 1Gi', services: '- type: game\n  id: 2\n  sharedMemory: 2Gi #!' }), says: '`sharedMemory` of game differs', right: 'keep one of them' },
  // Images
  { what: 'no image at all', text: zone({ gameZone: 'zoneId: 101' }).replace('- type: game', '- type: game #!'), says: 'game has no image', right: 'set `image` here, or `defaultImage`' },
  { what: 'an image with spaces', text: zone({ game: `${IDS}\nimage: my image #!` }), says: 'not an image reference', right: 'registry.example.com/project1/service:0.1.0' },
  { what: 'an image in upper case', text: zone({ game: `${IDS}\nimage: registry.example.com/Project1/service:1 #!` }), says: '`Project1` has upper-case letters', right: 'registry.example.com' },
  { what: 'an image with a scheme', text: zone({ game: `${IDS}\nimage: https://registry.example.com/p/s:1 #!` }), says: 'not an image reference', right: 'registry.example.com' },
  { what: 'an image with two tags', text: zone({ game: `${IDS}\nimage: registry.example.com/p/s:1:2 #!` }), says: '`1:2` is no tag', right: 'registry.example.com' },
  { what: 'an image with an empty tag', text: zone({ gameZone: 'zoneId: 1\ndefaultImage: "registry.example.com/p/s:" #!' }), says: 'the tag is empty', right: 'registry.example.com' },
  { what: 'an image with a digest cut short', text: zone({ game: `${IDS}\nimage: registry.example.com/p/s@sha256:1234 #!` }), says: '`sha256:1234` is no digest', right: '@sha256:digest' },
  { what: 'a variable of the shell in an image', text: zone({ gameZone: 'zoneId: 1\ndefaultImage: registry.example.com/p/s:${TAG} #!' }), says: '`${TAG}` is no tag', right: 'registry.example.com' },
  { what: 'an image of the migration that is none', text: zone({ gameZone: `zoneId: 1\ndefaultImage: ${IMAGE}\ndbMigraterImage: ":latest" #!` }), says: 'not an image reference', right: 'registry.example.com' },
  { what: 'an empty image', text: zone({ game: `${IDS}\nimage: "" #!` }), says: 'must not be empty', right: 'registry.example.com' },
  // Names after composition
  { what: 'a workload name that is too long', text: zone({ metadata: `name: ${longName(30)}`, services: `- type: ${longName(30)} #!\n  id: 1` }), says: '61 characters long: at most 52 fit', right: 'by 9 characters' },
  { what: 'a zone name that fits nothing', text: zone({ metadata: `name: ${longName(70)} #!` }), says: 'at most', right: 'shorten' },
  { what: 'the name of a second workload that is too long', text: zone({ metadata: `name: ${longName(30)}`, services: `- type: ${longName(18)} #!
  id: 1
- type: ${longName(18)}
  id: 7` }), says: '-from7, 55 characters long: at most 52 fit', right: 'by 3 characters' },
  { what: 'a hook template name that is too long', text: zone({ metadata: `name: ${longName(30)}`, spec: `hookTemplates:\n  - name: ${longName(34)} #!\n    external: true` }), says: '65 characters long: at most 63 fit', right: 'shorten' },
  { what: 'two services that come to one name', text: zone({ metadata: 'name: a', game: IDS, services: '- type: game-public #!\n  id: 1' }).replace('endId: 5', 'endId: 5\n        ports: [{port: 1}]\n        expose: {type: LoadBalancer}'), says: 'two Services would be named a-game-public', right: 'choose another type' },
  // Ports
  { what: 'a port out of range', text: zone({ game: `${IDS}\nports:\n  - port: 70000 #!` }), says: '70000 is out of range', right: 'from 1 to 65535' },
  { what: 'a port that is a text', text: zone({ game: `${IDS}\nports:\n  - port: "7001" #!` }), says: 'must be a whole number, but is the text "7001"', right: 'leave the quotes out: 7001' },
  { what: 'a port of Docker', text: zone({ game: `${IDS}\nports:\n  - 7001:7001 #!` }), says: 'must be a mapping', right: 'port' },
  { what: 'ports as numbers', text: zone({ game: `${IDS}\nports:\n  - 7001 #!` }), says: 'must be a mapping', right: 'port: 7001' },
  { what: 'a port twice', text: zone({ game: `${IDS}\nports:\n  - port: 7001\n  - port: 7001 #!` }), says: 'TCP 7001 stands here twice', right: 'remove one' },
  { what: 'a port name twice', text: zone({ game: `${IDS}\nports:\n  - {port: 1, name: a}\n  - {port: 2, name: a} #! {` }), says: 'two ports are named a', right: 'name of its own' },
  { what: 'a port name that is too long', text: zone({ game: `${IDS}\nports:\n  - port: 1\n    name: the-port-of-the-client #!` }), says: 'has the wrong form', right: 'at most 15' },
  { what: 'a protocol in lower case', text: zone({ game: `${IDS}\nports:\n  - port: 1\n    protocol: udp #!` }), says: 'must be TCP, UDP or SCTP', right: 'did you mean `UDP`?' },
  { what: 'an exposed service without ports', text: zone({ game: `${IDS}\nexpose: #!\n  type: NodePort` }), says: 'game is exposed but has no ports', right: 'ports: [{port: 7001}]' },
  { what: 'an exposed port that is not there', text: withGame('expose:\n  type: NodePort\n  ports: [7002] #! 7002'), says: 'the service has no port 7002', right: 'did you mean 7001?' },
  { what: 'expose in lower case', text: withGame('expose:\n  type: loadbalancer #!'), says: 'must be LoadBalancer, NodePort or HostPort', right: 'did you mean `LoadBalancer`?' },
  { what: 'addresses that are too few', text: withGame('expose:\n  type: LoadBalancer\n  perId: true\n  provider:\n    metalLb:\n      addresses: [10.0.0.1] #!'), says: '1 addresses for 5 ids', right: 'one address per id' },
  { what: 'an address that is none', text: withGame('expose:\n  type: LoadBalancer\n  provider:\n    metalLb:\n      addresses: [10.0.0.256] #! 10'), says: 'not an IP address', right: 'address' },
  { what: 'a provider where nothing provides', text: withGame('expose:\n  type: NodePort\n  provider: #!\n    metalLb: {}'), says: 'a provider does nothing with type NodePort', right: 'set type: LoadBalancer' },
  { what: 'metrics on a port that is not there', text: withGame('metrics:\n  port: metrics #!'), says: 'the service has no port metrics', right: 'its ports are: tcp-7001 (7001)' },
  { what: 'a scrape interval that nothing reads', text: withGame('metrics:\n  port: 7001\n  interval: 30s #!'), says: '`interval` does nothing', right: 'scrape: PodMonitor' },
  { what: 'autoscaling of ids', text: withGame('autoscale: #!\n  maxReplicas: 9'), says: '`autoscale` needs `replicas`', right: 'use `replicas`, or remove it' },
  { what: 'autoscaling without a request', text: zone({ game: 'replicas: 2\nautoscale: #!\n  maxReplicas: 9' }), says: 'autoscaling by cpu needs a request', right: 'resources.requests.cpu' },
  { what: 'autoscaling to less than there is', text: zone({ game: 'replicas: 5\nresources: {requests: {cpu: 1}}\nautoscale:\n  maxReplicas: 3 #!' }), says: 'at most 3 pods, but at least 5', right: 'at least `minReplicas`' },
  // What Kubernetes spells
  { what: 'memory in a unit that does not exist', text: withGame('resources:\n  requests:\n    memory: 4GB #!'), says: 'resources.requests.memory', right: '4G' },
  { what: 'a request above its limit', text: withGame('resources:\n  requests:\n    cpu: 4 #!\n  limits:\n    cpu: 2'), says: 'resources.requests.cpu', right: 'limit' },
  { what: 'resources without requests or limits', text: withGame('resources:\n  cpu: 4 #!'), says: 'resources.cpu', right: 'requests' },
  { what: 'shared memory in words', text: withGame('sharedMemory: lots #!'), says: 'sharedMemory', right: 'such as 2Gi' },
  { what: 'a probe without anything to probe', text: withGame('probes:\n  readiness: #!\n    periodSeconds: 5'), says: 'probes.readiness', right: 'tcpSocket' },
  { what: 'a probe with a misspelt field', text: withGame('probes:\n  readiness:\n    tcpSoket: {port: 7001} #!'), says: 'tcpSoket', right: 'tcpSocket' },
  { what: 'a probe switched off the wrong way', text: withGame('probes:\n  readiness: false #!'), says: 'must be none or a mapping, but is false', right: '' },
  { what: 'a variable name with an equals sign', text: withGame('env:\n  9=LIVES: "1" #!'), says: '9=LIVES', right: 'characters without "="' },
  { what: 'a variable that is a list', text: withGame('env:\n  LIVES: [1] #!'), says: 'env.LIVES', right: '' },
  { what: 'a variable from nowhere', text: withGame('env:\n  LIVES:\n    secretKey: {name: a, key: b} #!'), says: 'unknown field `secretKey`', right: 'secretKeyRef' },
  { what: 'a toleration with a made-up effect', text: withGame('tolerations:\n  - key: a\n    operator: Exists\n    effect: NoStart #!'), says: 'effect', right: 'NoSchedule' },
  { what: 'a node label that no node can have', text: withGame('nodeSelector:\n  disk: a b #!'), says: 'nodeSelector.disk', right: 'letters' },
  { what: 'a budget that is no percentage', text: withGame('disruptionBudget:\n  maxUnavailable: 25 % #!'), says: 'must be a number or a percentage such as 25%, but is the text "25 %"', right: '' },
  { what: 'a pull policy that does not exist', text: withGame('imagePullPolicy: always #!'), says: 'must be Always, IfNotPresent or Never', right: 'did you mean `Always`?' },
  { what: 'a service account that is no name', text: zone({ spec: 'defaults:\n  serviceAccountName: My Account #!' }), says: 'serviceAccountName', right: 'lower-case' },
  { what: 'a pull secret that is no name', text: zone({ spec: 'defaults:\n  imagePullSecrets: [My_Secret] #! My' }), says: 'imagePullSecrets[0]', right: 'lower-case' },
  // Config files
  { what: 'a config file with a relative path', text: withGame('configFiles:\n  - path: app.ini #!\n    content: x'), says: 'the path is not absolute', right: '/app' },
  { what: 'a config file that is a folder', text: withGame('configFiles:\n  - path: /etc/app/ #!\n    content: x'), says: 'names a folder', right: 'name of the file' },
  { what: 'a config file twice', text: withGame('configFiles:\n  - path: /etc/a.ini\n    content: x\n  - path: /etc/a.ini #!\n    content: y'), says: 'stands here twice', right: 'remove one' },
  { what: 'a template with an unknown name', text: withGame('configFiles:\n  - path: /etc/a.ini\n    content: zone=${GAMEZONE_ZONE_IDS} #!'), says: '${GAMEZONE_ZONE_IDS}, which has no value', right: 'did you mean ${GAMEZONE_ZONE_ID}?' },
  { what: 'a template with a name of JavaScript', text: withGame('configFiles:\n  - path: /etc/a.ini\n    content: zone=${constructor} #!'), says: '${constructor}, which has no value', right: 'names with a value' },
  { what: 'a renamed variable that does not exist', text: zone({ spec: 'defaults:\n  envNames:\n    REDIS_HOTS: CACHE_HOST #!' }), says: 'the zone has no variable REDIS_HOTS', right: 'variables of this zone' },
  { what: 'two variables of one name', text: zone({ spec: 'defaults:\n  envNames:\n    GAMEZONE_ZONE_ID: GAMEZONE_SERVICE_ID #!' }), says: 'would both be named GAMEZONE_SERVICE_ID', right: 'choose different names' },
  // Native
  { what: 'two images of a native type', text: zone({ services: `- type: game\n  id: 6\n  image: registry.example.com/p/service:0.2.0 #!`, spec: 'runtime: native' }), says: 'all ids of a type run one image with runtime: native', right: 'remove' },
  { what: 'an in-place update of a native zone', text: withGame('update:\n  type: InplaceUpdate #!', 'runtime: native'), says: 'InplaceUpdate does not exist with runtime: native', right: 'RollingUpdate or OnDelete' },
];
