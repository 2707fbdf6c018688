import { strategicMergePatch, Unpatchable } from '../../../src/cluster/api-server/patch/strategic-merge-patch.js';
import { NotAPatch } from '../../../src/cluster/api-server/patch/json-patch.js';
import { typeShape } from '../../../src/kubernetes/facts.js';

const POD = typeShape('io.k8s.api.core.v1.PodSpec')!;
const META = typeShape('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')!;

const app = { name: 'app', image: 'app:1' };
const side = { name: 'side', image: 'side:1' };

test.each([
  ['a field is set', {}, { nodeName: 'a' }, { nodeName: 'a' }],
  ['null takes a field away', { nodeName: 'a', hostname: 'b' }, { nodeName: null }, { hostname: 'b' }],
  ['null of what is not there is nothing', {}, { nodeName: null }, {}],
  ['maps are merged', { nodeSelector: { a: '1', b: '2' } }, { nodeSelector: { b: null, c: '3' } }, { nodeSelector: { a: '1', c: '3' } }],
  ['a list without a merge key is replaced', { tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] }, { tolerations: [{ key: 'b' }] }],
  ['an element of that key is merged', { containers: [app, side] }, { containers: [{ name: 'side', image: 'side:2' }] }, { containers: [app, { name: 'side', image: 'side:2' }] }],
  ['a new element goes first', { containers: [app] }, { containers: [side] }, { containers: [side, app] }],
  ['an element is deleted', { containers: [app, side] }, { containers: [{ name: 'app', $patch: 'delete' }] }, { containers: [side] }],
  ['deleting what is not there is nothing', { containers: [app] }, { containers: [{ name: 'x', $patch: 'delete' }] }, { containers: [app] }],
  ['a list is replaced', { containers: [app, side] }, { containers: [{ $patch: 'replace' }, side] }, { containers: [side] }],
  ['a map is replaced', { nodeSelector: { a: '1' } }, { nodeSelector: { $patch: 'replace', b: '2' } }, { nodeSelector: { b: '2' } }],
  ['a map is emptied', { nodeSelector: { a: '1' } }, { nodeSelector: { $patch: 'delete' } }, { nodeSelector: {} }],
  ['an order is set', { containers: [app, side] }, { '$setElementOrder/containers': [{ name: 'side' }, { name: 'app' }] }, { containers: [side, app] }],
  ['an order with a new element', { containers: [app] }, { '$setElementOrder/containers': [{ name: 'app' }, { name: 'side' }], containers: [side] }, { containers: [app, side] }],
  ['only these keys stay', { volumes: [{ name: 'a', emptyDir: {} }] }, { volumes: [{ name: 'a', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] }, { volumes: [{ name: 'a', configMap: { name: 'c' } }] }],
  ['directives in what nobody has say nothing', { containers: [app] }, { containers: [{ name: 'app', env: [{ name: 'A', $patch: 'delete' }] }] }, { containers: [{ ...app, env: [] }] }],
])('%s', (_, target, patch, wanted) => {
  expect(strategicMergePatch(POD, target, patch)).toEqual(wanted);
}); // prettier-ignore

test.each([
  ['values are added to a list of plain ones', ['a'], { finalizers: ['b', 'a'] }, ['b', 'a']],
  ['values are taken away', ['a', 'b'], { '$deleteFromPrimitiveList/finalizers': ['a'] }, ['b']],
])('%s', (_, finalizers, patch, wanted) => {
  expect(strategicMergePatch(META, { finalizers }, patch)['finalizers']).toEqual(wanted);
});

test.each([
  ['an element without its key', { containers: [{ image: 'app:1' }] }, Unpatchable],
  ['a directive that is none', { containers: [{ name: 'app', $patch: 'nonsense' }] }, Unpatchable],
  ['a list that is to be merged, as it is anyway', { containers: [{ name: 'app', $patch: 'merge' }] }, Unpatchable],
  ['an order that does not name what the patch changes', { '$setElementOrder/containers': [{ name: 'side' }], containers: [{ name: 'app', image: 'x' }] }, Unpatchable],
  ['retained keys that miss one', { volumes: [{ name: 'a', $retainKeys: ['name'], emptyDir: {} }] }, NotAPatch],
])('%s is refused', (_, patch, error) => {
  const target = { containers: [app], volumes: [{ name: 'a', emptyDir: {} }] };
  expect(() => strategicMergePatch(POD, target, patch)).toThrow(error);
}); // prettier-ignore

test('neither the target nor the patch is changed', () => {
  const target = Object.freeze({ containers: Object.freeze([Object.freeze(app)]) });
  const patch = Object.freeze({ containers: Object.freeze([Object.freeze({ name: 'app', image: 'app:2' })]) });
  strategicMergePatch(POD, target, patch);
  expect(target.containers[0]).toEqual(app);
});
