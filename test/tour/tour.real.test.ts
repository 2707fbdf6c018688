import { describeControlPlane } from '../control-plane/suite.js';
import { tour } from './tour.js';

describeControlPlane(
  'npm run tour',
  () => {
    test('examples/in-place is rolled from 0.1.0 to 0.2.0, and its pods stay', async () => {
      const lines: string[] = [];
      const { before, after, writesPerPod } = await tour((line) => lines.push(line));
      const names = [1, 2, 3, 4, 5].map((id) => `harbor-game-${id}`);
      expect(after.map(({ name }) => name)).toEqual(names);
      expect(after.map(({ uid }) => uid)).toEqual(before.map(({ uid }) => uid));
      expect(after.every(({ image }) => image.endsWith(':0.2.0'))).toBe(true);
      expect(writesPerPod).toEqual(Object.fromEntries(names.map((name) => [name, 3])));
      const story = lines.join('\n');
      expect(story).not.toContain('deleted');
      for (const name of names) {
        const told = lines
          .filter((line) => line.includes(`${name}:`) && !line.endsWith('writes of the controller'))
          .map((line) => line.replace(/^.*?: /, ''));
        const from = told.findIndex((line) => line.startsWith('gate closed'));
        expect(told.slice(from)).toEqual([
          expect.stringMatching(/^gate closed: out of traffic for 3 s, then updated to harbor-game-/),
          'not Ready',
          'patched to registry.example.com/project1/service:0.2.0',
          'the container was replaced, the pod is the same',
          'gate open',
          'Ready',
        ]);
      }
    }, 180_000);
  },
  ['own', 'kube-controller-manager', 'kube-scheduler'],
);
