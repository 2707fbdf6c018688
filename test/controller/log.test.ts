import { logTo, textOf, type LogOptions } from '../../src/controller/log.js';
import { VirtualClock } from '../kube/virtual-clock.js';

function written(options: Partial<LogOptions>, ...messages: Parameters<ReturnType<typeof logTo>['info']>): string[] {
  const lines: string[] = [];
  const log = logTo({ clock: new VirtualClock(), write: (line) => void lines.push(line), ...options });
  log.info(...messages);
  return lines;
}

test('a line of JSON for each message', () => {
  expect(
    written({}, 'updatePod', { workload: 'ns/game', pod: 'game-1', why: 'say "hi"\n', count: 3, not: undefined }),
  ).toEqual([
    '{"time":"2030-01-01T00:00:00.000Z","level":"info","msg":"updatePod","workload":"ns/game","pod":"game-1","why":"say \\"hi\\"\\n","count":3}\n',
  ]);
});

test.each([
  ['plain', 'plain'],
  ['two words', '"two words"'],
  ['', '""'],
  ['a=b', '"a=b"'],
  ['line\nbreak', '"line\\nbreak"'],
  ['quote"', '"quote\\""'],
  ['escape\u001b[31m', '"escape\\u001b[31m"'],
])('logfmt writes %j so that it stays one value of one line', (value, expected) => {
  expect(written({ format: 'logfmt' }, 'x', { value, gone: undefined })).toEqual([
    `time=2030-01-01T00:00:00.000Z level=info msg=x value=${expected}\n`,
  ]);
});

test('what is below the level is not written', () => {
  expect(written({ level: 'warn' }, 'x')).toEqual([]);
  expect(written({ level: 'info' }, 'x')).toHaveLength(1);
});

test('a log that cannot be written breaks nothing', () => {
  expect(() =>
    written(
      {
        write: () => {
          throw new Error('EPIPE');
        },
      },
      'x',
    ),
  ).not.toThrow();
});

test('errors become their message', () => {
  expect([textOf(new Error('why')), textOf('why')]).toEqual(['why', 'why']);
});
