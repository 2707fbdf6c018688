import { isKubeError } from '../../src/kube/error.js';
import { collectionPath, creationPath, objectPath, query, rawPath } from '../../src/kube/paths.js';
import { nodes, pods, statefulSets } from '../../src/kube/resource.js';

const badRequest = (call: () => unknown): boolean => {
  try {
    call();
    return false;
  } catch (error) {
    return isKubeError(error, 'badRequest');
  }
};

test.each([
  [collectionPath(pods), '/api/v1/pods'],
  [collectionPath(pods, ''), '/api/v1/pods'],
  [collectionPath(pods, 'a'), '/api/v1/namespaces/a/pods'],
  [collectionPath(statefulSets, 'a'), '/apis/apps/v1/namespaces/a/statefulsets'],
  [collectionPath(nodes), '/api/v1/nodes'],
  [objectPath(nodes, { name: 'n' }), '/api/v1/nodes/n'],
  [objectPath(pods, { namespace: 'a', name: 'p' }, 'status'), '/api/v1/namespaces/a/pods/p/status'],
  [objectPath(nodes, { name: 'system:x y?#ä' }), '/api/v1/nodes/system%3Ax%20y%3F%23%C3%A4'],
])('%s', (path, expected) => expect(path).toBe(expected));

test.each(['', '.', '..', '../x', 'a/b', 'a%2fb', '%2e%2e', '\uD800'])(
  'refuses the name %j wherever it stands',
  (name) => {
    expect(badRequest(() => objectPath(nodes, { name }))).toBe(true);
    expect(badRequest(() => objectPath(pods, { namespace: name, name: 'p' }))).toBe(true);
    expect(badRequest(() => objectPath(pods, { namespace: 'a', name: 'p' }, name))).toBe(true);
    expect(badRequest(() => collectionPath({ ...pods, plural: name }))).toBe(true);
    expect(badRequest(() => collectionPath({ ...pods, version: name }))).toBe(true);
  },
);

test('refuses what is no text at all, and says which part it was', () => {
  expect(() => objectPath(nodes, { name: undefined as unknown as string })).toThrow('The name undefined is empty');
  expect(() => objectPath(pods, { namespace: 'a/b', name: 'p' })).toThrow('The namespace "a/b" must not');
});

test('an object has a namespace exactly where its resource has', () => {
  expect(badRequest(() => objectPath(pods, { name: 'p' }))).toBe(true);
  expect(badRequest(() => creationPath(pods))).toBe(true);
  expect(badRequest(() => objectPath(nodes, { namespace: 'a', name: 'n' }))).toBe(true);
});

test.each(['/version', '/readyz?verbose', '/apis/apps/v1', '/a/..b/c...'])('%s is a raw path', (path) => {
  expect(rawPath(path)).toBe(path);
});

test.each([
  '',
  'version',
  'http://elsewhere/',
  '/a/../b',
  '/a/%2e%2E/b',
  '/./a',
  '/a b',
  '/a\r\nHost: b',
  '/a#b',
  '/ä',
])('%j is no raw path', (path) => expect(badRequest(() => rawPath(path))).toBe(true));

test('queries are encoded, lists repeated, and what is undefined left out', () => {
  expect(query({})).toBe('');
  expect(query({ a: undefined })).toBe('');
  expect(query({ labelSelector: 'a in (b,c),d!=e', limit: 5, watch: true, x: undefined })).toBe(
    '?labelSelector=a%20in%20(b%2Cc)%2Cd!%3De&limit=5&watch=true',
  );
  expect(query({ command: ['sh', '-c', 'a&b'] })).toBe('?command=sh&command=-c&command=a%26b');
});
