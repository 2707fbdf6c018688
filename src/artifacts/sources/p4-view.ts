/** One line of a view: files of the depot, and where they are in the workspace that it describes. */
interface Mapping {
  readonly excludes: boolean;
  readonly from: RegExp;
  /** With `$1`, `$2` ... for what the wildcards of the left side match. */
  readonly to: string;
  /** The depot side, as p4 takes it. */
  readonly path: string;
}

/** Where the files of a stream are, its imports and exclusions included: later lines win over earlier ones. */
export class P4View {
  private constructor(private readonly mappings: readonly Mapping[]) {}

  /** The view of a classic depot path: everything below it. */
  static below(path: string): P4View {
    return new P4View([mapping(false, `${path}/...`, '...')]);
  }

  /** @param lines such as `//depot/main/... //client/...` and `-//depot/main/docs/... //client/docs/...` */
  static parse(lines: readonly string[]): P4View {
    return new P4View(
      lines.flatMap((line) => {
        const [left, right] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
        if (left === undefined || right === undefined) return [];
        const [, sign = '', path = ''] = /^([-+&]?)(.*)$/.exec(left) ?? [];
        return [mapping(sign === '-', path, right.replace(/^\/\/[^/]+\//, ''))];
      }),
    );
  }

  /** The depot paths that anything can come from. */
  get paths(): string[] {
    return [...new Set(this.mappings.filter(({ excludes }) => !excludes).map(({ path }) => path))];
  }

  /** Where a file of the depot goes; undefined when the view has no place for it. */
  place(depotFile: string): string | undefined {
    for (const { excludes, from, to } of [...this.mappings].reverse()) {
      const found = from.exec(depotFile);
      if (!found) continue;
      return excludes
        ? undefined
        : decoded(to.replaceAll(/\$(\d+)/g, (_, index: string) => found[Number(index)] ?? ''));
    }
    return undefined;
  }
}

const WILDCARD = /\.\.\.|%%\d|\*/g;

function mapping(excludes: boolean, path: string, right: string): Mapping {
  const names = [...path.matchAll(WILDCARD)].map(([wildcard]) => wildcard);
  const pattern = path.split(WILDCARD).map(escaped);
  const from = new RegExp(`^${pattern.map((text, index) => text + (names[index] === undefined ? '' : names[index] === '...' ? '(.*)' : '([^/]*)')).join('')}$`, 's'); // prettier-ignore
  let next = 0;
  const to = right.replaceAll(WILDCARD, (wildcard) => {
    const index = wildcard.startsWith('%%') ? names.indexOf(wildcard) : next++;
    return `$${index + 1}`;
  });
  return { excludes, from, to, path };
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** p4 writes the four characters that mean something to it in hexadecimal. */
export const decoded = (path: string): string =>
  path.replaceAll(/%(40|23|2A|25)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
