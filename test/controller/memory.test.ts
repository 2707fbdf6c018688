import { Memory, REFUSAL_STANDS } from '../../src/controller/game-stateful-set/memory.js';
import { VirtualClock } from '../kube/virtual-clock.js';

const template = { generation: 1, template: {} };

test('facts and templates are those of one workload, not of its name', async () => {
  const clock = new VirtualClock();
  const memory = new Memory(clock);
  const { facts } = memory.of('ns/a', 'one');
  expect(facts.since('out', 5)).toBe(5);
  facts.forgetOthers();
  memory.resolve('ns/a', 'one', template);
  expect(memory.of('ns/a', 'one')).toMatchObject({ uid: 'one', resolved: template });
  expect(memory.of('ns/a', 'one').facts.since('out', 9)).toBe(5);
  expect(memory.of('ns/b', 'one').resolved).toBeUndefined();
  expect(memory.of('ns/a', 'two').resolved).toBeUndefined();
  expect(memory.of('ns/a', 'two').facts.since('out', 9)).toBe(9);
  await clock.advance(REFUSAL_STANDS * 10);
  memory.resolve('ns/a', 'two', template);
  expect(memory.size).toBe(2);
});

test('what is forgotten is gone', () => {
  const memory = new Memory(new VirtualClock());
  memory.resolve('ns/a', 'one', template);
  memory.forget('ns/a');
  expect(memory.size).toBe(0);
  expect(memory.of('ns/a', 'one').resolved).toBeUndefined();
});

test('a refusal stands for a minute, a template for ever', async () => {
  const clock = new VirtualClock();
  const memory = new Memory(clock);
  memory.resolve('ns/a', 'one', { generation: 1, refused: 'no' });
  expect(memory.retryRefused('ns/a')).toBe(REFUSAL_STANDS);
  await clock.advance(REFUSAL_STANDS - 1);
  expect(memory.of('ns/a', 'one').resolved).toEqual({ generation: 1, refused: 'no' });
  await clock.advance(1);
  expect(memory.of('ns/a', 'one').resolved).toBeUndefined();
  expect(memory.retryRefused('ns/a')).toBe(0);
  memory.resolve('ns/a', 'one', template);
  await clock.advance(REFUSAL_STANDS * 100);
  expect(memory.of('ns/a', 'one').resolved).toEqual(template);
  expect(memory.retryRefused('ns/a')).toBeUndefined();
});
