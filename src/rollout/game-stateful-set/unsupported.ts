import type { GameStatefulSet } from '../../api/generated/types/game-stateful-set.js';
import { askedFor, unsupportedSentence, type AskedFor, type Stopped } from '../../api/unsupported.js';

/** What a spec asks for and nobody does yet. */
export interface Unsupported {
  /** Why no pod is updated. */
  readonly stopsUpdates?: string;
  /** Why no pod is made: it would start with something else than what was asked for. */
  readonly stopsCreation?: string;
  /** What does not stop the rest. */
  readonly ignored: readonly string[];
}

/** A safety that was asked for and is not there stops updates; what merely adds comfort is ignored, and said. */
export function unsupportedIn(workload: GameStatefulSet): Unsupported {
  const asked = askedFor('GameStatefulSet', workload);
  const [updates, creation] = [sentenceOf(asked, 'updates', 'creation'), sentenceOf(asked, 'creation')];
  const others = asked.filter(({ row: { stops } }) => stops !== 'updates' && stops !== 'creation');
  return {
    ...(updates !== undefined && { stopsUpdates: updates }),
    ...(creation !== undefined && { stopsCreation: creation }),
    ignored: others.map(({ row }) => unsupportedSentence(row)),
  };
}

function sentenceOf(asked: readonly AskedFor[], ...stops: readonly Stopped[]): string | undefined {
  const rows = asked.filter(({ row }) => row.stops !== undefined && stops.includes(row.stops));
  if (rows.length === 0) return undefined;
  return rows.map(({ row }) => `${unsupportedSentence(row)}; ${row.meanwhile}`).join('; ');
}
