import { checkWith } from '../src/api/explain.js';
import * as gameZone from '../src/api/generated/validators/game-zone.js';
import { problemText } from '../src/api/problem-text.js';
import { formatPath } from '../src/api/problem.js';
import type { Problem } from '../src/api/problem.js';
import { contextOf } from './checks/context.js';
import { checkModel, checkPart } from './checks/index.js';
import { inProps } from './checks/in-props.js';
import type { PropProblem, Speaker } from './checks/in-props.js';
import type { ZoneDocument } from './model/resolve.js';

/** One text for each who speaks, whichever object says so. */
export const speakerKey = (by: Speaker | undefined): string => (by ? `${by.kind} ${by.name}` : '');

/**
 * Refuses what a construct says while it is being made: words and names that do not exist, and whatever is wrong with it no
 * matter what the zone gets besides.
 *
 * @param document the zone so far, this part included
 * @param by who says it
 * @throws Error with the path of the construct, the prop, the value and what would be right
 */
export function refuseMistakes(path: string, document: ZoneDocument, by: Speaker | undefined): void {
  const own = (problems: readonly Problem[]): PropProblem[] =>
    inProps(document, problems.filter(isError)).filter((problem) => speakerKey(problem.by) === speakerKey(by));
  const shape = own(checkWith(gameZone, document).filter((problem) => !lacksServices(problem)));
  const wrong = shape.length > 0 ? shape : own(checkPart(contextOf(document, document)));
  if (wrong.length > 0) throw new Error(wrong.map((problem) => `${path}: ${problemText(problem)}`).join('\n'));
}

/**
 * What is wrong with a zone when it is complete, by those who said it, as far as the library can tell.
 *
 * @param more what is known to be wrong besides
 */
export function mistakesOf(
  document: ZoneDocument,
  more: readonly Problem[] = [],
): ReadonlyMap<string, readonly string[]> {
  const shape = checkWith(gameZone, document);
  const problems = shape.length > 0 ? shape : checkModel(contextOf(document, document)).filter(isError);
  const mistakes = new Map<string, string[]>();
  for (const { by, ...problem } of inProps(document, [...more, ...problems])) {
    const key = speakerKey(by);
    mistakes.set(key, [...(mistakes.get(key) ?? []), problemText(problem).replaceAll('\n', '\n  ')]);
  }
  return mistakes;
}

/** A zone that is being built has none yet. */
const lacksServices = ({ path }: Problem): boolean => formatPath(path) === 'spec.gameZone.serviceConfig';

const isError = ({ severity }: Problem): boolean => severity !== 'warning';
