#!/usr/bin/env node
// A stand-in for the p4 client, which cannot be redistributed: it speaks as much of its command line as gamezone asks for
// (tagged output as JSON lines with -Mj, Python's marshal format with -G, messages with their severities, login with a
// ticket file) over a depot that is a JSON file. P4PORT is `rsh:FILE`, a spelling that the real client has too.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';

const { P4PORT = '', P4USER = '', P4PASSWD = '', P4CHARSET = '', P4TICKETS = '' } = process.env;
const depot = JSON.parse(readFileSync(P4PORT.replace(/^(ssl:)?rsh:/, ''), 'utf8'));
const args = process.argv.slice(2);
if (depot.log) appendFileSync(depot.log, `${JSON.stringify({ pid: process.pid, args, env: process.env })}\n`);

const flags = [];
let names;
while (args[0]?.startsWith('-')) {
  const flag = args.shift();
  if (flag === '-x') names = args.shift() === '-' ? readFileSync(0, 'utf8').split('\n').filter(Boolean) : [];
  else flags.push(flag);
}
const [command, ...rest] = args;
const marshalled = flags.includes('-G');
const json = flags.includes('-Mj');

const text = (value) => {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
  const length = Buffer.alloc(4);
  length.writeInt32LE(bytes.length);
  return Buffer.concat([Buffer.from('s'), length, bytes]);
};
const number = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return Buffer.concat([Buffer.from('i'), bytes]);
};
function say(fields) {
  if (json) return void process.stdout.write(`${JSON.stringify(fields)}\n`);
  const entries = Object.entries(fields).flatMap(([name, value]) => [
    text(name),
    typeof value === 'number' ? number(value) : text(value),
  ]);
  process.stdout.write(Buffer.concat([Buffer.from('{'), ...entries, Buffer.from('0')]));
}
function message(data, severity) {
  if (json) say({ data: `${data}\n`, generic: severity > 2 ? 3 : 17, severity });
  else if (marshalled) say({ code: 'error', data: `${data}\n`, severity, generic: 3 });
  else process.stderr.write(`${data}\n`);
  if (severity > 2) process.exitCode = 1;
}

const allowed = () => {
  if (!depot.users) return true;
  if (depot.tickets?.includes(P4PASSWD) || P4PASSWD === ticketOf(P4USER)) return true;
  return existsSync(P4TICKETS) && readFileSync(P4TICKETS, 'utf8').includes(`${P4USER}:${ticketOf(P4USER)}`);
};
/** What a server gives for the right password. */
const ticketOf = (user) => createHash('md5').update(`ticket of ${user}`).digest('hex').toUpperCase();

/** The revisions that a path with a revision names. */
function revisions(argument) {
  const [, path, kind, value] = /^(.*?)(?:([@#])(.*))?$/.exec(argument);
  const stem = path.replace(/\.\.\.$/, '');
  const label = kind === '@' && !/^\d+$/.test(value) ? depot.labels?.[decodeURIComponent(value)] : undefined;
  if (kind === '@' && !/^\d+$/.test(value) && !label) return `Invalid changelist/client/label/date '@${value}'.`;
  return Object.entries(depot.files)
    .filter(([name]) => (path.endsWith('...') ? name.startsWith(stem) : name === path))
    .flatMap(([name, all]) => {
      const before = all.filter((one) =>
        label
          ? one.rev === label[name]
          : kind === '@'
            ? one.change <= Number(value)
            : kind === '#'
              ? one.rev === Number(value)
              : true,
      );
      const one = before.at(-1);
      return one ? [{ name, ...one, content: Buffer.from(one.content ?? '', 'base64') }] : [];
    });
}

const commands = {
  trust: () => say({ data: 'Added trust for P4PORT.' }),
  login: () => {
    const password = readFileSync(0, 'utf8').trim();
    if (depot.users?.[P4USER] !== password) return message('Password invalid.', 3);
    const ticket = ticketOf(P4USER);
    if (rest.includes('-p')) process.stdout.write(`Enter password: \n${ticket}\n`);
    else {
      writeFileSync(P4TICKETS, `localhost=${P4USER}:${ticket}\n`);
      process.stdout.write(`User ${P4USER} logged in.\n`);
    }
  },
  changes: () => {
    const found = revisions(rest.at(-1));
    const change = Math.max(
      0,
      ...Object.entries(depot.files)
        .filter(([name]) => found.some((one) => one.name === name))
        .flatMap(([, all]) => all.map((one) => one.change)),
    );
    if (change > 0) say({ change: String(change), user: 'builder', status: 'submitted', desc: 'data' });
  },
  fstat: () => {
    const found = revisions(rest.at(-1));
    if (typeof found === 'string') return message(found, 3);
    if (found.length === 0) return message(`${rest.at(-1)} - no such file(s).`, 2);
    for (const { name, rev, action = 'edit', type = 'text', content } of found) {
      const tells = !/delete|purge/.test(action);
      const digest = createHash('md5').update(content).digest('hex').toUpperCase();
      say({
        depotFile: name,
        headAction: action,
        headType: type,
        headRev: String(rev),
        ...(tells && { fileSize: String(content.length), digest: depot.digests?.[name] ?? digest }),
      });
    }
  },
  streams: () => {
    const stream = depot.streams?.[rest.at(-1)];
    if (stream) say({ Stream: rest.at(-1), Type: 'mainline' });
    else message(`${rest.at(-1)} - must refer to a stream depot.`, depot.streams ? 2 : 3);
  },
  stream: () => {
    const view = depot.streams[rest.at(-1)];
    say({ Stream: rest.at(-1), ...Object.fromEntries(view.map((line, index) => [`View${index}`, line])) });
  },
  print: () => {
    for (const name of names ?? rest) {
      const [found] = revisions(name);
      if (!found) {
        message(`${name} - no such file(s).`, 2);
        continue;
      }
      const { rev, change, type = 'text', action = 'edit', content } = found;
      if (depot.withheld?.includes(found.name)) continue;
      say({
        code: 'stat',
        depotFile: found.name,
        rev: String(rev),
        change: String(change),
        type,
        action,
        fileSize: String(content.length),
      });
      for (let at = 0; at < content.length; at += 4096)
        say({ code: /binary/.test(type) ? 'binary' : 'text', data: content.subarray(at, at + 4096) });
      say({ code: 'text', data: '' });
    }
  },
};

if (depot.down)
  message('Perforce client error:\n\tConnect to server failed; check $P4PORT.\n\tTCP connect to p4:1666 failed.', 4);
// Whatever it is asked.
else if (depot.said) message(depot.said, 3);
else if (depot.unicode && P4CHARSET === '') message('Unicode server permits only unicode enabled clients.', 3);
else if (command !== 'login' && command !== 'trust' && !allowed())
  message('Perforce password (P4PASSWD) invalid or unset.', 3);
// Waits for ever, once it has said to that port that it does.
else if (depot.silent && command === 'changes') createConnection(depot.silent, '127.0.0.1');
else if (commands[command]) commands[command]();
else message(`Unknown command ${command}. Try 'p4 help' for info.`, 3);
