import { BlockList, isIP } from 'node:net';
import { AccessError } from './access-error.js';
import type { Environment } from './kubeconfig.js';

/**
 * The proxy for a server: the one of the kubeconfig, else as the environment says, read as curl and Go read it.
 *
 * @throws AccessError for a proxy that is neither http nor https
 */
export function proxyFor(server: URL, fromKubeconfig: string | undefined, environment: Environment): URL | undefined {
  const named = fromKubeconfig ?? fromEnvironment(server, environment);
  if (named === undefined || named === '') return undefined;
  const url = named.includes('://') ? named : `http://${named}`;
  if (!URL.canParse(url) || !/^https?:/i.test(url))
    // Not the address itself: it may hold a password.
    throw new AccessError(`The proxy for ${server.host} is neither http:// nor https://`, {
      hint: 'other proxies are not supported',
    });
  return new URL(url);
}

function fromEnvironment(server: URL, environment: Environment): string | undefined {
  const value = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? '';
  if (isLocal(server) || isExcepted(server, value('NO_PROXY'))) return undefined;
  return value(server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function isLocal(server: URL): boolean {
  const host = hostOf(server);
  return host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') || host === '::1';
}

/** `NO_PROXY`: names with all that is below them, addresses, networks, each with a port if it likes, or `*`. */
function isExcepted(server: URL, list: string): boolean {
  const host = hostOf(server);
  const port = server.port === '' ? (server.protocol === 'https:' ? '443' : '80') : server.port;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => {
      if (entry === '' || entry === '*') return entry === '*';
      if (entry.includes('/')) return isWithin(host, entry);
      const [, name = entry, only = port] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
      const suffix = (name === '' ? entry : name).replace(/^\*?\.|^\[|\]$/g, '');
      return only === port && (host === suffix || host.endsWith(`.${suffix}`));
    });
}

function isWithin(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = (of: string): 'ipv4' | 'ipv6' => (isIP(of) === 6 ? 'ipv6' : 'ipv4');
  if (isIP(host) === 0 || isIP(address) !== isIP(host) || !/^\d+$/.test(bits)) return false;
  const block = new BlockList();
  try {
    block.addSubnet(address, Number(bits), family(address));
  } catch {
    return false;
  }
  return block.check(host, family(host));
}
