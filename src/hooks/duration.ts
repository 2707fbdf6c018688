// Durations as Go writes them, because the wire format of HookTemplate is Go's: `60s`, `1m30s`, `1.5h`.

/** Why a text is no duration, and what would be one. */
export interface DurationProblem {
  readonly message: string;
  readonly hint: string;
}

const MILLISECONDS = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
// Go counts nanoseconds in 64 bits.
const LONGEST = 9_223_372_036_854;
const EXAMPLES = 'for example 30s, 1m30s or 1h';

/** Milliseconds. Source: Go's time.ParseDuration, without its signs: no duration of a hook is negative. */
export function parseDuration(text: unknown): number | DurationProblem {
  if (text === '0') return 0;
  if (typeof text !== 'string' || text === '') {
    const hint = typeof text === 'number' && Number.isFinite(text) ? `write "${text}s" for seconds` : EXAMPLES;
    return { message: typeof text === 'number' ? `${text} has no unit` : 'a duration is a text', hint };
  }
  if (/^[+-]/.test(text)) return { message: `${JSON.stringify(text)} has a sign`, hint: EXAMPLES };
  let milliseconds = 0;
  for (PART.lastIndex = 0; PART.lastIndex < text.length;) {
    const part = PART.exec(text);
    if (part === null) return refusal(text);
    milliseconds += Number(part[1]) * MILLISECONDS[part[2] as keyof typeof MILLISECONDS];
  }
  if (milliseconds > LONGEST) return { message: `${JSON.stringify(text)} is too long`, hint: 'at most 2562047h' };
  return milliseconds;
}

/** `1m30s` for 90000: what a person would have written. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)}ms`;
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const parts = [hours > 0 && `${hours}h`, minutes > 0 && `${minutes}m`, rest > 0 && `${rest}s`];
  return parts.filter(Boolean).join('');
}

function refusal(text: string): DurationProblem {
  const message = `${JSON.stringify(text)} is not a duration`;
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(text) ?? [];
  if (digits === '') return { message, hint: EXAMPLES };
  if (unit === '') return { message: `${JSON.stringify(text)} has no unit`, hint: `write ${digits}s for seconds` };
  const other = OTHER_UNITS.find(([pattern]) => pattern.test(unit));
  if (other === undefined) return { message, hint: EXAMPLES };
  const [, goUnit, factor] = other;
  return { message, hint: `write ${Number(digits) * factor}${goUnit}` };
}

/** Units of other notations, and what they are in Go's. */
const OTHER_UNITS: readonly (readonly [unit: RegExp, goUnit: string, factor: number])[] = [
  [/^w(eeks?)?$/i, 'h', 168],
  [/^d(ays?)?$/i, 'h', 24],
  [/^h(rs?|ours?)?$/i, 'h', 1],
  [/^m(ins?|inutes?)?$/i, 'm', 1],
  [/^s(ecs?|econds?)?$/i, 's', 1],
  [/^m(s|sec|illis)$/i, 'ms', 1],
];
