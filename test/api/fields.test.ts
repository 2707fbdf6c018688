import { compiledSchema } from '../../src/api/check.js';
import { kubernetesParts, leafFields } from '../../src/api/fields.js';

test('leaves are found in lists, maps, definitions and unions', () => {
  const schema = {
    definitions: { Port: { properties: { number: { type: 'integer' } } } },
    properties: {
      plain: { type: 'string' },
      ports: { items: { $ref: '#/definitions/Port' } },
      images: { additionalProperties: { type: 'string' } },
      budget: { anyOf: [{ enum: ['none'] }, { properties: { most: { type: 'integer' } } }] },
      template: { type: 'object', 'x-gamezone-type': 'a.Template' },
      group: { properties: {} },
    },
  };
  expect(leafFields(schema)).toEqual(['plain', 'ports[].number', 'images.*', 'budget', 'budget.most', 'template']);
  expect(kubernetesParts(schema)).toEqual([{ path: 'template', type: 'a.Template' }]);
});

test('the parts that Kubernetes validates', async () => {
  const { schema } = await compiledSchema('GameStatefulSet');
  const parts = kubernetesParts(schema).filter(({ type }) => type.startsWith('io.k8s.api.core'));
  expect(parts).toEqual([
    { path: 'spec.template', type: 'io.k8s.api.core.v1.PodTemplateSpec' },
    { path: 'spec.volumeClaimTemplates[]', type: 'io.k8s.api.core.v1.PersistentVolumeClaim' },
  ]);
});
