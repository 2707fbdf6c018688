import type { Session } from './session.js';

/** A value as it is written: a number, true or false, `none`, `closed` (2147483647), `$name`, `"quoted"`, else a text. */
export function valueOf(text: string, session: Session): unknown {
  const quoted = /^"(.*)"$/s.exec(text);
  if (quoted) return substitute(quoted[1]!, session);
  if (/^\$\w+$/.test(text)) return variable(text.slice(1), session);
  switch (text) {
    case 'none':
      return undefined;
    case 'closed':
      return 2147483647;
    case 'true':
      return true;
    case 'false':
      return false;
  }
  return /^-?\d+$/.test(text) ? Number(text) : substitute(text, session);
}

/** Fills in the variables of indented YAML. */
export function fill(body: unknown, session: Session): unknown {
  if (typeof body === 'string')
    return /^\$\w+$/.test(body) ? variable(body.slice(1), session) : substitute(body, session);
  if (Array.isArray(body)) return body.map((one) => fill(one, session));
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, fill(value, session)]));
}

/** Fills in the variables of a text. */
export function substitute(text: string, session: Session): string {
  return text.replace(/\$(\w+)/g, (_, name: string) => String(variable(name, session)));
}

function variable(name: string, session: Session): unknown {
  if (!session.variables.has(name)) throw new RangeError(`$${name} was never set: let $${name} = ...`);
  return session.variables.get(name);
}
