import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from './audit.js';

const folder = mkdtempSync(join(tmpdir(), 'gamezone-audit-'));
const path = join(folder, 'audit.log');
afterAll(() => rmSync(folder, { recursive: true }));

/** As kube-apiserver writes it. */
function line(name: string): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Request',
    auditID: 'c3d5c1a0-2b0e-4a71-8f4e-0a9d0a1c9f11',
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/default/pods/${name}/status?fieldValidation=Strict`,
    verb: 'patch',
    user: { username: 'kubelet-model', uid: 'kubelet-model', groups: ['system:authenticated'] },
    sourceIPs: ['127.0.0.1'],
    userAgent: 'gamezone-test',
    objectRef: { resource: 'pods', namespace: 'default', name, apiVersion: 'v1', subresource: 'status' },
    responseStatus: { metadata: {}, code: 200 },
    requestObject: { status: { phase: 'Running' } },
    requestReceivedTimestamp: '2026-11-22T21:38:23.063948Z',
    stageTimestamp: '2026-11-22T21:38:23.065948Z',
  });
}

test('lines are read as they come: once, when they are complete, and all of them again', () => {
  const log = new AuditLog(path);
  const names = (): unknown[] => log.events().map(({ name }) => name);

  appendFileSync(path, `${line('web-0')}\n${line('wéb-1').slice(0, 150)}`);
  expect(names()).toEqual(['web-0']);
  appendFileSync(path, `${line('wéb-1').slice(150)}\n`);
  expect(names()).toEqual(['web-0', 'wéb-1']);
  expect(names()).toEqual(['web-0', 'wéb-1']);

  // Killed in the middle of a line, and started again.
  appendFileSync(path, `${line('lost').slice(0, 150)}${line('web-2')}\n`);
  expect(names()).toEqual(['web-0', 'wéb-1', 'web-2']);

  expect(log.events()[0]).toEqual({
    time: '2026-11-22T21:38:23.063948Z',
    user: 'kubelet-model',
    userAgent: 'gamezone-test',
    verb: 'patch',
    uri: '/api/v1/namespaces/default/pods/web-0/status?fieldValidation=Strict',
    group: '',
    resource: 'pods',
    subresource: 'status',
    namespace: 'default',
    name: 'web-0',
    code: 200,
    body: { status: { phase: 'Running' } },
  });
});
