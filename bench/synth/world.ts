/** A zone file with so many types of service, two ids each. */
export function worldZone(services: number): string {
  const entries = Array.from(
    { length: services },
    (_, index) => `      - type: svc${index}
        id: 1
        endId: 2
        ports:
          - port: 7001
`,
  );
  return `apiVersion: gamezone.dev/v1alpha1
kind: GameZone
metadata:
  name: world
spec:
  defaults:
    resources: { requests: { cpu: 500m, memory: 1Gi } }
  gameZone:
    zoneId: 7
    defaultImage: registry.example.com/project1/service:0.1.0
    dbMigraterImage: registry.example.com/project1/dbmigrater:0.1.0
    redisConfig: { ip: redis }
    mysqlConfig: { ip: mysql, user: game, database: project1, pwdSecretRef: { name: mysql, key: password } }
    serviceConfig:
${entries.join('')}`;
}
