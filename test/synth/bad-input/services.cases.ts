import { IDS, IMAGE, withGame, zone } from './zone.js';
import type { BadZone } from './zone.js';

const longName = (length: number): string => 'z'.repeat(length);

/** Ids, images, names and ports. */
export const SERVICES: readonly BadZone[] = [
  // Ids
  {
    what: 'ids that run backwards',
    text: zone({ game: 'id: 5\nendId: 1 #!' }),
    says: 'the ids run backwards, from 5 to 1',
    right: 'write id: 1 and endId: 5',
  },
  {
    what: 'ids that overlap',
    text: zone({ services: '- type: game\n  id: 4 #!\n  endId: 8' }),
    says: 'game 4-5 stands in two entries, 1-5 and 4-8',
    right: 'split the entries into ids 1-3, 4-8, or keep 1-5',
  },
  {
    what: 'an id within a range',
    text: zone({ services: `- type: game\n  id: 3 #!\n  image: ${IMAGE}` }),
    says: 'game 3 stands in two entries, 1-5 and 3',
    right: 'split the entries into ids 1-2, 3, 4-5',
  },
  {
    what: 'an entry twice',
    text: zone({ services: '- type: game\n  id: 1 #!\n  endId: 5' }),
    says: 'game 1-5 stands in two entries',
    right: 'remove one of them',
  },
  {
    what: 'no ids and no replicas',
    text: zone({ services: '- type: login #!' }),
    says: 'login has no id',
    right: 'set `id`',
  },
  { what: 'an endId without id', text: zone({ game: 'endId: 5 #!' }), says: '`endId` without `id`', right: 'set `id`' },
  {
    what: 'ids and replicas',
    text: zone({ game: 'id: 1 #!\nreplicas: 3' }),
    says: '`id` and `replicas` exclude each other',
    right: 'keep one of them',
  },
  {
    what: 'two entries with replicas',
    text: zone({ game: 'replicas: 3', services: '- type: game #!\n  replicas: 2' }),
    says: 'game has `replicas` and so only one entry',
    right: 'merge the entries',
  },
  {
    what: 'a million ids',
    text: zone({ game: 'id: 1\nendId: 1000000 #!' }),
    says: '1000000 ids of one type are more than 10000',
    right: 'several types',
  },
  {
    what: 'an override of an id that is not there',
    text: zone({ game: `${IDS}\noverrides:\n  "7": {image: "${IMAGE}"} #! "7"` }),
    says: 'game has no id 7 in this entry',
    right: "the entry's ids are 1-5",
  },
  {
    what: 'an override without image',
    text: zone({ game: `${IDS}\noverrides:\n  "3": {} #! "3"` }),
    says: '`image` is missing',
    right: 'image reference',
  },
  {
    what: 'a setting that differs between entries of a type',
    text: zone({ game: 'id: 1\nsharedMemory: 1Gi', services: '- type: game\n  id: 2\n  sharedMemory: 2Gi #!' }),
    says: '`sharedMemory` of game differs',
    right: 'keep one of them',
  },
  // Images
  {
    what: 'no image at all',
    text: zone({ gameZone: 'zoneId: 101' }).replace('- type: game', '- type: game #!'),
    says: 'game has no image',
    right: 'set `image` here, or `defaultImage`',
  },
  {
    what: 'an image with spaces',
    text: zone({ game: `${IDS}\nimage: my image #!` }),
    says: 'not an image reference',
    right: 'registry.example.com/project1/service:0.1.0',
  },
  {
    what: 'an image in upper case',
    text: zone({ game: `${IDS}\nimage: registry.example.com/Project1/service:1 #!` }),
    says: '`Project1` has upper-case letters',
    right: 'registry.example.com',
  },
  {
    what: 'an image with a scheme',
    text: zone({ game: `${IDS}\nimage: https://registry.example.com/p/s:1 #!` }),
    says: 'not an image reference',
    right: 'registry.example.com',
  },
  {
    what: 'an image with two tags',
    text: zone({ game: `${IDS}\nimage: registry.example.com/p/s:1:2 #!` }),
    says: '`1:2` is no tag',
    right: 'registry.example.com',
  },
  {
    what: 'an image with an empty tag',
    text: zone({ gameZone: 'zoneId: 1\ndefaultImage: "registry.example.com/p/s:" #!' }),
    says: 'the tag is empty',
    right: 'registry.example.com',
  },
  {
    what: 'an image with a digest cut short',
    text: zone({ game: `${IDS}\nimage: registry.example.com/p/s@sha256:1234 #!` }),
    says: '`sha256:1234` is no digest',
    right: '@sha256:digest',
  },
  {
    what: 'a variable of the shell in an image',
    text: zone({ gameZone: 'zoneId: 1\ndefaultImage: registry.example.com/p/s:${TAG} #!' }),
    says: '`${TAG}` is no tag',
    right: 'registry.example.com',
  },
  {
    what: 'an image of the migration that is none',
    text: zone({ gameZone: `zoneId: 1\ndefaultImage: ${IMAGE}\ndbMigraterImage: ":latest" #!` }),
    says: 'not an image reference',
    right: 'registry.example.com',
  },
  {
    what: 'an empty image',
    text: zone({ game: `${IDS}\nimage: "" #!` }),
    says: 'must not be empty',
    right: 'registry.example.com',
  },
  // Names after composition
  {
    what: 'a workload name that is too long',
    text: zone({ metadata: `name: ${longName(30)}`, services: `- type: ${longName(30)} #!\n  id: 1` }),
    says: '61 characters long: at most 52 fit',
    right: 'by 9 characters',
  },
  {
    what: 'a zone name that fits nothing',
    text: zone({ metadata: `name: ${longName(70)} #!` }),
    says: 'at most',
    right: 'shorten',
  },
  {
    what: 'the name of a second workload that is too long',
    text: zone({
      metadata: `name: ${longName(30)}`,
      services: `- type: ${longName(18)} #!
  id: 1
- type: ${longName(18)}
  id: 7`,
    }),
    says: '-from7, 55 characters long: at most 52 fit',
    right: 'by 3 characters',
  },
  {
    what: 'a hook template name that is too long',
    text: zone({
      metadata: `name: ${longName(30)}`,
      spec: `hookTemplates:\n  - name: ${longName(34)} #!\n    external: true`,
    }),
    says: '65 characters long: at most 63 fit',
    right: 'shorten',
  },
  {
    what: 'two services that come to one name',
    text: zone({ metadata: 'name: a', game: IDS, services: '- type: game-public #!\n  id: 1' }).replace(
      'endId: 5',
      'endId: 5\n        ports: [{port: 1}]\n        expose: {type: LoadBalancer}',
    ),
    says: 'two Services would be named a-game-public',
    right: 'choose another type',
  },
  // Ports
  {
    what: 'a port out of range',
    text: zone({ game: `${IDS}\nports:\n  - port: 70000 #!` }),
    says: '70000 is out of range',
    right: 'from 1 to 65535',
  },
  {
    what: 'a port that is a text',
    text: zone({ game: `${IDS}\nports:\n  - port: "7001" #!` }),
    says: 'must be a whole number, but is the text "7001"',
    right: 'leave the quotes out: 7001',
  },
  {
    what: 'a port of Docker',
    text: zone({ game: `${IDS}\nports:\n  - 7001:7001 #!` }),
    says: 'must be a mapping',
    right: 'port',
  },
  {
    what: 'ports as numbers',
    text: zone({ game: `${IDS}\nports:\n  - 7001 #!` }),
    says: 'must be a mapping',
    right: 'port: 7001',
  },
  {
    what: 'a port twice',
    text: zone({ game: `${IDS}\nports:\n  - port: 7001\n  - port: 7001 #!` }),
    says: 'TCP 7001 stands here twice',
    right: 'remove one',
  },
  {
    what: 'a port name twice',
    text: zone({ game: `${IDS}\nports:\n  - {port: 1, name: a}\n  - {port: 2, name: a} #! {` }),
    says: 'two ports are named a',
    right: 'name of its own',
  },
  {
    what: 'a port name that is too long',
    text: zone({ game: `${IDS}\nports:\n  - port: 1\n    name: the-port-of-the-client #!` }),
    says: 'has the wrong form',
    right: 'at most 15',
  },
  {
    what: 'a protocol in lower case',
    text: zone({ game: `${IDS}\nports:\n  - port: 1\n    protocol: udp #!` }),
    says: 'must be TCP, UDP or SCTP',
    right: 'did you mean `UDP`?',
  },
  {
    what: 'an exposed service without ports',
    text: zone({ game: `${IDS}\nexpose: #!\n  type: NodePort` }),
    says: 'game is exposed but has no ports',
    right: 'ports: [{port: 7001}]',
  },
  {
    what: 'an exposed port that is not there',
    text: withGame('expose:\n  type: NodePort\n  ports: [7002] #! 7002'),
    says: 'the service has no port 7002',
    right: 'did you mean 7001?',
  },
  {
    what: 'expose in lower case',
    text: withGame('expose:\n  type: loadbalancer #!'),
    says: 'must be LoadBalancer, NodePort or HostPort',
    right: 'did you mean `LoadBalancer`?',
  },
  {
    what: 'addresses that are too few',
    text: withGame(
      'expose:\n  type: LoadBalancer\n  perId: true\n  provider:\n    metalLb:\n      addresses: [10.0.0.1] #!',
    ),
    says: '1 addresses for 5 ids',
    right: 'one address per id',
  },
  {
    what: 'an address that is none',
    text: withGame('expose:\n  type: LoadBalancer\n  provider:\n    metalLb:\n      addresses: [10.0.0.256] #! 10'),
    says: 'not an IP address',
    right: 'address',
  },
  {
    what: 'a provider where nothing provides',
    text: withGame('expose:\n  type: NodePort\n  provider: #!\n    metalLb: {}'),
    says: 'a provider does nothing with type NodePort',
    right: 'set type: LoadBalancer',
  },
  {
    what: 'metrics on a port that is not there',
    text: withGame('metrics:\n  port: metrics #!'),
    says: 'the service has no port metrics',
    right: 'its ports are: tcp-7001 (7001)',
  },
  {
    what: 'a scrape interval that nothing reads',
    text: withGame('metrics:\n  port: 7001\n  interval: 30s #!'),
    says: '`interval` does nothing',
    right: 'scrape: PodMonitor',
  },
  {
    what: 'autoscaling of ids',
    text: withGame('autoscale: #!\n  maxReplicas: 9'),
    says: '`autoscale` needs `replicas`',
    right: 'use `replicas`, or remove it',
  },
  {
    what: 'autoscaling without a request',
    text: zone({ game: 'replicas: 2\nautoscale: #!\n  maxReplicas: 9' }),
    says: 'autoscaling by cpu needs a request',
    right: 'resources.requests.cpu',
  },
  {
    what: 'autoscaling to less than there is',
    text: zone({ game: 'replicas: 5\nresources: {requests: {cpu: 1}}\nautoscale:\n  maxReplicas: 3 #!' }),
    says: 'at most 3 pods, but at least 5',
    right: 'at least `minReplicas`',
  },
];
