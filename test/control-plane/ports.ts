import { createServer } from 'node:net';
import { PARTS } from './parts.js';

const NAMES = [...PARTS, 'etcd-peer'] as const;

/** Where each part listens on 127.0.0.1. */
export type Ports = Readonly<Record<(typeof NAMES)[number], number>>;

// Below those that systems give to outgoing connections: one that is tried while a server is down may otherwise be given the very
// port to which the server has to come back.
const FIRST = 20_000;
const LAST = 32_000;

/** Ports in a row on which nobody listens. */
export async function freePorts(): Promise<Ports> {
  for (;;) {
    const first = FIRST + Math.floor(Math.random() * (LAST - FIRST - NAMES.length));
    const areFree = await Promise.all(NAMES.map((_, index) => isFree(first + index)));
    if (areFree.every(Boolean)) return Object.fromEntries(NAMES.map((name, index) => [name, first + index])) as Ports;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
