import type { KubeObject } from '../../../../src/kube/objects.js';
import type { Command, Commands } from '../command.js';
import { judge, parseExpectations, type Expectation } from '../expectation.js';
import { NotSo } from '../failure.js';
import { kindOf } from '../kinds.js';
import type { Line } from '../line.js';
import type { Session } from '../session.js';
import { parseSubject, select, type Subject } from '../subject.js';
import { watchUntil } from '../watch-until.js';

/** Milliseconds that something may take which is to come true. */
const PATIENCE = 20_000;

const expect: Command = {
  usage: 'expect SUBJECT: EXPECTATION; ...      (is so now)',
  parse: (line) => {
    const { subject, expectations } = parse(line);
    return async (session) => {
      const objects = await liveOf(subject, session);
      const problem = judge(expectations, objects, subject, session);
      if (problem !== undefined) throw notSo(problem, objects, subject, expectations, session);
    };
  },
};

const wait: Command = {
  usage: 'wait [within SECONDSs] SUBJECT: EXPECTATION; ...      (becomes so within 20 s)',
  parse: (line) => {
    const written = line.takes('within') ? seconds(line) : PATIENCE;
    const { subject, expectations } = parse(line);
    if (subject.type === 'answer') return line.fail('an answer does not change: expect');
    return async (session) => {
      const { clock, pace } = session.cluster;
      const patience = written * pace;
      let problem: string | undefined = 'the watch has not shown what was written';
      const isSo = (): boolean => {
        const objects = session.seen(subject.kind);
        problem = objects ? judge(expectations, objects, subject, session) : problem;
        return objects !== undefined && problem === undefined;
      };
      const store = await session.use(subject.kind);
      if (await watchUntil(store, clock, patience, isSo)) return;
      const objects = await liveOf(subject, session);
      throw notSo(`not so within ${patience / 1000} s: ${problem}`, objects, subject, expectations, session);
    };
  },
};

const throughout: Command = {
  usage: 'for SECONDSs SUBJECT: EXPECTATION; ...      (is so now and at every change for so long)',
  parse: (line) => {
    const duration = seconds(line);
    const { subject, expectations } = parse(line);
    if (subject.type === 'answer') return line.fail('an answer does not change: expect');
    return async (session) => {
      const look = (objects: readonly KubeObject[]): void => {
        const problem = judge(expectations, objects, subject, session);
        if (problem !== undefined) throw notSo(problem, objects, subject, expectations, session);
      };
      look(await liveOf(subject, session));
      const store = await session.use(subject.kind);
      const { clock, pace } = session.cluster;
      await watchUntil(store, clock, duration * pace, () => {
        const objects = session.seen(subject.kind);
        if (objects) look(objects);
        return false;
      });
      look(await liveOf(subject, session));
    };
  },
};

export const expectCommands: Commands = { expect, wait, for: throughout };

/** In milliseconds. */
function seconds(line: Line): number {
  const [, number] = /^(\d+)s$/.exec(line.next('how many seconds')) ?? [];
  return number === undefined ? line.fail(`${line.verb}: how many seconds is written as 1s`) : Number(number) * 1000;
}

function parse(line: Line): { readonly subject: Subject; readonly expectations: readonly Expectation[] } {
  const [head, text] = line.atColon();
  const subject = parseSubject(head);
  return { subject, expectations: parseExpectations(line, subject, text) };
}

async function liveOf(subject: Subject, session: Session): Promise<readonly KubeObject[]> {
  if (subject.type !== 'answer') return session.live(subject.kind);
  if (session.answer === undefined) throw new NotSo('nothing was answered yet');
  return [session.answer];
}

function notSo(
  problem: string,
  objects: readonly KubeObject[],
  subject: Subject,
  expectations: readonly Expectation[],
  session: Session,
): NotSo {
  const fields = expectations.flatMap((one) => one.fields);
  // All of the kind where the chosen ones say nothing.
  const chosen = subject.type === 'answer' ? objects : select(subject, objects, session);
  const shown = chosen.length > 0 ? chosen : objects;
  return new NotSo(
    problem,
    shown.map((object) => (subject.type === 'answer' ? kindOf(object) : subject.kind).summary(object, fields)),
  );
}
