import type { Problem } from '../api/problem.js';

// URLs of hooks. A template is readable by everybody who may list it, and its text ends in events and logs: no credential belongs in one.

const AUTHORITY_USER = /^([^/\\?#]*:[/\\]{2,})?[^/\\?#]*@/;
const PLACEHOLDER = /\{\{.*?\}\}/gs;
// What a URL parser makes of them; names are resolved, and refused, at run time.
const OWN_MACHINE =
  /^(localhost|.*\.localhost|127(\.\d+){3}|169\.254(\.\d+){2}|0\.0\.0\.0|\[::1?\]|\[fe[89ab][0-9a-f]:.*\]|\[::ffff:(7f|a9fe).*\])$/;

const EXAMPLES = {
  url: 'for example http://{{ args.PodIP }}:8080/players',
  address: 'for example http://prometheus:9090',
} as const;

/** `http://***@host/path`: what may be shown of a URL. */
export function maskCredentials(text: string): string {
  return text.replace(AUTHORITY_USER, '$1***@');
}

/** Paths are relative to the text. Placeholders are allowed where `templated`; elsewhere another check refuses them. */
export function checkEndpoint(text: unknown, what: 'url' | 'address', templated: boolean): Problem[] {
  if (typeof text !== 'string' || text.trim() === '') {
    return [{ path: [], message: `${what} is empty`, hint: EXAMPLES[what] }];
  }
  if (AUTHORITY_USER.test(text)) return [credentialsProblem(text, what)];
  const value = text;
  // Where a placeholder is not closed, that is said of it, and nobody can tell what the rest would be.
  if (text.lastIndexOf('{{') > text.lastIndexOf('}}')) return [];
  // The scheme may come with an argument; what it is shows only at run time.
  if (text.startsWith('{{') && templated) return [];
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (scheme === undefined) {
    const hint = /^[\w.-]+(:\d+)?(\/|$)/.test(text) ? `write http://${text}` : 'start it with http:// or https://';
    return [{ path: [], message: `${what} has no scheme`, hint, value }];
  }
  if (!/^https?$/i.test(scheme))
    return [{ path: [], message: `scheme ${scheme} is not supported`, hint: 'use http or https', value }];
  let host: string;
  try {
    // Stand-ins that are valid where they stand: a port, an address in brackets, part of a name.
    const filled = text
      .replace(/\[\{\{.*?\}\}\]/gs, '[::2]')
      .replace(/:\{\{.*?\}\}/gs, ':1')
      .replace(PLACEHOLDER, 'x');
    host = new URL(filled).hostname;
  } catch {
    const hint = EXAMPLES[what];
    // A password with a slash in it is no authority to a parser, and a secret all the same.
    return [{ path: [], message: `${what} is not a valid URL`, hint, ...(text.includes('@') ? {} : { value }) }];
  }
  if (/^https?:\/\/[^/?#]*\{\{/i.test(text) || !OWN_MACHINE.test(host)) return [];
  const instead = templated ? 'for the pod itself use {{ args.PodIP }}; ' : '';
  const hint = `${instead}the controller refuses such targets`;
  const message = `${host} is a loopback or link-local address, which hooks do not call`;
  return [{ path: [], message, hint, value, severity: 'warning' }];
}

/** Also for an argument's value, which may be a whole URL. */
export function credentialsProblem(text: string, what: string): Problem {
  return {
    path: [],
    message: `${what} carries credentials: ${maskCredentials(text)}`,
    hint: 'send them in a header with valueFrom.secretKeyRef {name, key}',
  };
}

/** `scheme://user@host` anywhere at the start of a text. */
export function carriesCredentials(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[/\\]{2}/i.test(text) && AUTHORITY_USER.test(text);
}
