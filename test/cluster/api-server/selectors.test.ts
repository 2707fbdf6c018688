import { fieldSelector } from '../../../src/cluster/api-server/selectors/field-selector.js';
import { labelSelector } from '../../../src/cluster/api-server/selectors/label-selector.js';
import { canonicalQuantity } from '../../../src/cluster/api-server/typing/quantity.js';

const labels = { app: 'game', zone: 'a', number: '5' };

test.each([
  ['', true],
  ['app=game', true],
  ['app == game', true],
  ['app=other', false],
  ['app!=other', true],
  ['missing!=x', true],
  ['app', true],
  ['!app', false],
  ['!missing', true],
  ['zone in (a, b)', true],
  ['zone in (b)', false],
  ['zone notin (b)', true],
  ['missing notin (b)', true],
  ['app=game,zone in (a,b),!missing', true],
  ['number>4', true],
  ['number<4', false],
  ['app>4', false],
])('labels: %s is %s', (text, wanted) => {
  expect(labelSelector(text)(labels)).toBe(wanted);
});

test.each(['a in b', 'a in (b', '=', 'a=b=c', 'a>x'])('labels: %s is refused', (text) => {
  expect(() => labelSelector(text)).toThrow(expect.objectContaining({ code: 400 }) as Error);
});

const pods = { group: '', plural: 'pods', kind: 'Pod' };
const pod = { metadata: { name: 'one', namespace: 'a' }, spec: {}, status: { phase: 'Running' } };

test.each([
  ['', true],
  ['metadata.name=one', true],
  ['metadata.name!=one', false],
  ['status.phase==Running,metadata.namespace=a', true],
  ['spec.nodeName=', true],
  ['spec.nodeName!=', false],
])('fields: %s is %s', (text, wanted) => {
  expect(fieldSelector(text, pods)(pod)).toBe(wanted);
});

test.each(['spec.replicas=1', 'metadata.name', 'status.phase>1'])('fields: %s is refused', (text) => {
  expect(() => fieldSelector(text, pods)).toThrow(expect.objectContaining({ code: 400 }) as Error);
});

test('fields: a definition allows more', () => {
  expect(fieldSelector('spec.game=x', { ...pods, kind: 'X' }, ['spec.game'])({ spec: { game: 'x' } })).toBe(true);
});

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  [2, '2'],
  ['1024Mi', '1Gi'],
  ['1.5Gi', '1536Mi'],
  ['1000Ki', '1000Ki'],
  ['1000k', '1M'],
  ['0', '0'],
  ['1e3', '1e3'],
  ['-1', '-1'],
  ['0.0001', '100u'],
])('the quantity %s is stored as %s', (written, stored) => {
  expect(canonicalQuantity(written)).toBe(stored);
});
