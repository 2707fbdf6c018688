/** The password in {@link zoneFile}. */
export const SECRET = 'a-password-in-the-clear';

/** A small zone, as its author would write it. */
export function zoneFile({
  name = 'zone1',
  image = 'registry.example.com/p/service:0.1.0',
  services = '- {type: game, id: 1, endId: 3, ports: [{port: 7001}]}',
  literal = true,
  rich = false,
  zoneId = 1,
  spec = '',
}: {
  readonly name?: string;
  readonly image?: string;
  readonly services?: string;
  /** With a password in the clear. */
  readonly literal?: boolean;
  /** With one of everything that becomes an object of its own kind. */
  readonly rich?: boolean;
  readonly zoneId?: number;
  /** Further fields of `spec`, each on a line of its own. */
  readonly spec?: string;
} = {}): string {
  const password = literal ? `pwd: ${SECRET}` : 'pwdSecretRef: {name: mysql, key: password}';
  const game =
    '- {type: game, id: 1, ports: [{port: 7001}], expose: {type: LoadBalancer}, hooks: {preDelete: {templateName: drained}}, configFiles: [{path: /etc/a.ini, content: a}]}';
  const web =
    '- {type: web, replicas: 2, ports: [{port: 80}], resources: {requests: {cpu: 1}}, autoscale: {maxReplicas: 4}, metrics: {port: 80, scrape: PodMonitor}}';
  const extras = [
    '  hookTemplates:',
    '    - name: drained',
    '      spec: {metrics: [{name: a, provider: {exec: {container: game, command: [/bin/drained]}}}]}',
    '  artifacts:',
    '    - {path: /app/artifacts, git: {url: "https://gitlab.example.com/p/config.git", branch: main}}',
  ];
  return [
    'apiVersion: gamezone.dev/v1alpha1',
    'kind: GameZone',
    `metadata: {name: ${name}}`,
    'spec:',
    ...(spec === '' ? [] : spec.split('\n').map((line) => `  ${line}`)),
    '  gameZone:',
    `    zoneId: ${zoneId}`,
    `    defaultImage: ${image}`,
    ...(rich ? ['    dbMigraterImage: registry.example.com/p/dbmigrater:0.1.0'] : []),
    `    mysqlConfig: {ip: mysql, user: game, ${password}}`,
    '    serviceConfig:',
    ...(rich ? [game, web] : services.split('\n')).map((line) => `      ${line}`),
    ...(rich ? extras : []),
    '',
  ].join('\n');
}
