import { expect, test } from '@jest/globals';
import { ObservedFacts } from '../../src/rollout/observations.js';

test('a fact is as old as the first question', () => {
  const facts = new ObservedFacts();
  expect(facts.since('a', 10)).toBe(10);
  expect(facts.since('a', 20)).toBe(10);
  facts.forgetOthers();
  expect(facts.since('a', 30)).toBe(10);
});

test('what a round does not ask for is forgotten', () => {
  const facts = new ObservedFacts();
  facts.since('a', 10);
  facts.since('b', 10);
  facts.forgetOthers();
  facts.since('b', 20);
  facts.forgetOthers();
  expect(facts.since('a', 30)).toBe(30);
  expect(facts.since('b', 30)).toBe(10);
});

test('a process that is new has seen nothing', () => {
  new ObservedFacts().since('a', 10);
  expect(new ObservedFacts().since('a', 20)).toBe(20);
});
