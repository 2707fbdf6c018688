/** Where in a document something is: `['spec', 'gameZone', 'serviceConfig', 0, 'id']`. */
export type Path = readonly (string | number)[];

/** One mistake in something that a person wrote. Values, not exceptions: a caller collects all of them before it reports. */
export interface Problem {
  /** The offending key, or the closest one that exists (for something missing: its parent). */
  readonly path: Path;
  /** What is wrong, as a sentence without a full stop: `port 70000 is out of range`. */
  readonly message: string;
  /** What would be right: `use a port from 1 to 65535`. */
  readonly hint?: string;
  /** The value as it was written. Absent where there is none, or where it is a secret. */
  readonly value?: unknown;
  /** `error` stops the command; `warning` is printed and nothing else. Default: `error`. */
  readonly severity?: 'error' | 'warning';
  /** For an unknown field: the known one that it was probably meant to be. */
  readonly meant?: string;
  /**
   * Where this is about something that is not there: the places at which it could stand. What stands at one of them and is
   * refused for a reason of its own has this problem for a consequence, which nobody needs to hear.
   */
  readonly missing?: readonly Path[];
}

/** The same problems, seen from further up. */
export function under(path: Path, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({
    ...problem,
    path: [...path, ...problem.path],
    ...(problem.missing && { missing: problem.missing.map((place) => [...path, ...place]) }),
  }));
}

/** `spec.serviceConfig[0].overrides["3"].image`: dots and indexes, quoted where a key is not a plain word. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(segment)) return `${text}[${JSON.stringify(segment)}]`;
    return text === '' ? segment : `${text}.${segment}`;
  }, '');
}
