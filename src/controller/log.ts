import type { Clock } from '../kube/clock.js';

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Values by name. Nobody hands over secrets, nor whole objects. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

export interface LogOptions {
  readonly clock: Clock;
  /** Gets each line, with its end. */
  readonly write: (line: string) => void;
  /** @default json */
  readonly format?: 'json' | 'logfmt';
  /** The least that is written. @default info */
  readonly level?: Level;
}

const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];

/** One line for each message: `time`, `level`, `msg`, then the fields. What `write` throws ends here. */
export function logTo({ clock, write, format = 'json', level = 'info' }: LogOptions): Log {
  const least = LEVELS.indexOf(level);
  const line = format === 'json' ? jsonLine : logfmtLine;
  const at =
    (of: Level) =>
    (msg: string, fields: Fields = {}): void => {
      if (LEVELS.indexOf(of) < least) return;
      try {
        write(`${line({ time: new Date(clock.now()).toISOString(), level: of, msg, ...fields })}\n`);
      } catch {
        // Whoever cannot write has nobody left to tell.
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

const jsonLine = (fields: Fields): string => JSON.stringify(fields);

const logfmtLine = (fields: Fields): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${logfmtValue(String(value))}`]))
    .join(' ');

const logfmtValue = (text: string): string => (/^[^\s"=\\\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text));

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What went wrong, in one line. */
export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
