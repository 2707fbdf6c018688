import type { Command, Commands } from '../command.js';
import { NotSo } from '../failure.js';
import { kindOf } from '../kinds.js';
import { valueOf } from '../value.js';

const mark: Command = {
  usage: 'mark      (keeps all objects as they are now: `same` and `changed` compare with them)',
  parse: (line) => {
    line.end();
    return (session) => session.mark(line.source.number);
  },
};

const letCommand: Command = {
  usage: 'let $NAME = KIND NAME FIELD, or let $NAME = answer FIELD',
  parse: (line) => {
    const [, variable] = /^\$(\w+)$/.exec(line.next('a $name')) ?? line.fail('let: `let $name = pod game-0 uid`');
    if (!line.takes('=')) line.fail('let: `=` is missing');
    if (line.takes('answer')) {
      const field = line.next('a field');
      line.end();
      return async (session) => {
        if (session.answer === undefined) throw new NotSo('nothing was answered yet');
        session.variables.set(variable!, kindOf(session.answer).value(session.answer, field));
        return Promise.resolve();
      };
    }
    const { kind } = line.kind();
    const [name, field] = [line.next('a name'), line.next('a field')];
    line.end();
    if (kind.field(field) === undefined) line.fail(`${kind.names[0]} has no field "${field}"`);
    return async (session) => {
      const object = await session.cluster.api.get(kind.resource, session.nameOf(kind, name));
      await session.use(kind);
      session.variables.set(variable!, kind.value(object, field));
    };
  },
};

const get: Command = {
  usage: 'get KIND[/SUBRESOURCE] NAME      (its answer is expected of: `expect answer: ...`)',
  request: true,
  parse: (line) => {
    const { kind, subresource } = line.kind();
    const name = line.next('a name');
    line.end();
    return async (session) => {
      const options = subresource === undefined ? {} : { subresource };
      session.answer = await session.cluster.api.get(kind.resource, session.nameOf(kind, name), options);
    };
  },
};

const list: Command = {
  usage: 'list KIND [limit=N] [continue=TOKEN] [resourceVersion=V] [resourceVersionMatch=V]',
  request: true,
  parse: (line) => {
    const { kind } = line.kind();
    const pairs = line.pairs();
    return async (session) => {
      const options = Object.fromEntries(pairs.map(([key, value]) => [key, valueOf(value, session)]));
      const { namespace } = session;
      const answer = await session.cluster.api.list(kind.resource, { namespace, ...options });
      session.answer = { kind: 'List', ...answer };
    };
  },
};

export const memoryCommands: Commands = { mark, let: letCommand, get, list };
