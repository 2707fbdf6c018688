/** Marks the line of the offending key; what follows it names the key where it is not the first word of the line. */
export const MARK = '#!';

/** A zone file with one mistake, and what is said about it. */
export interface BadZone {
  readonly what: string;
  readonly text: string;
  /** Part of the first line. */
  readonly says: string;
  /** Part of what would be right. */
  readonly right: string;
}

/** The parts of a small zone without mistakes, as YAML without indentation. */
export interface ZoneParts {
  readonly head?: string;
  readonly metadata?: string;
  /** Fields of `spec.gameZone` besides the services. */
  readonly gameZone?: string;
  /** Fields of the service `game` besides its type. */
  readonly game?: string;
  /** Services besides `game`. */
  readonly services?: string;
  /** Fields of `spec` besides `gameZone`. */
  readonly spec?: string;
}

/** Stands wherever a zone holds a credential: whatever is wrong, nobody ever reads it. */
export const SENTINEL = 'SENTINEL';

export const IDS = 'id: 1\nendId: 5';
export const IMAGE = 'registry.example.com/p/service:0.1.0';
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export function zone(parts: ZoneParts = {}): string {
  const { head = 'apiVersion: gamezone.dev/v1alpha1\nkind: GameZone', metadata = 'name: zone1' } = parts;
  const { gameZone = `zoneId: 101\ndefaultImage: ${IMAGE}`, game = IDS, services, spec } = parts;
  const missing = ['redis', 'mysql'].filter((data) => !gameZone.includes(`${data}Config`));
  return [
    head,
    'metadata:',
    indent(2, metadata),
    'spec:',
    '  gameZone:',
    indent(4, gameZone),
    ...missing.map((data) => `    ${data}Config: {ip: ${data}, pwd: ${SENTINEL}}`),
    '    serviceConfig:',
    '      - type: game',
    indent(8, game),
    ...(services === undefined ? [] : [indent(6, services)]),
    ...(spec === undefined ? [] : [indent(2, spec)]),
    '',
  ].join('\n');
}

/** The zone with further fields of the service `game`, which has the ids 1 to 5 and the port 7001. */
export const withGame = (fields: string, spec?: string): string =>
  zone({ game: `${IDS}\nports:\n  - port: 7001\n${fields}`, ...(spec !== undefined && { spec }) });

/** The zone with further fields of `spec.gameZone`. */
export const withData = (fields: string): string =>
  zone({ gameZone: `zoneId: 101\ndefaultImage: ${IMAGE}\n${fields}` });

/** The zone with entries of `spec.artifacts`. */
export const withArtifacts = (entries: string, spec = ''): string =>
  zone({ spec: `artifacts:\n${indent(2, entries)}\n${spec}` });

/** A hook template that polls, with the given fields of its only metric in place of the usual ones. */
export function template({
  provider = 'web:\n  url: http://{{ args.PodIP }}:8080/players\n  jsonPath: "{$.online}"',
  metric = 'successCondition: asInt(result) == 0\ninterval: 10s\nsuccessfulLimit: 1',
  spec = 'deadlineSeconds: 600',
}: {
  readonly provider?: string;
  readonly metric?: string;
  readonly spec?: string;
} = {}): string {
  const fields = [
    'hookTemplates:',
    '  - name: drained',
    '    spec:',
    ...(spec === '' ? [] : [indent(6, spec)]),
    '      metrics:',
    '        - name: players',
    ...(metric === '' ? [] : [indent(10, metric)]),
    '          provider:',
    indent(12, provider),
  ];
  return fields.join('\n');
}

export const DRAINED = 'hooks:\n  preDelete:\n    templateName: drained';
export const canary = (...steps: readonly string[]): string =>
  ['update:', '  canary:', '    steps:', ...steps.map((step) => indent(6, `- ${step}`))].join('\n');

/** The zone whose service `game` runs the template before a deletion. */
export const withTemplate = (parts: Parameters<typeof template>[0]): string => withGame(DRAINED, template(parts));

/** A place in a text, counted from 1. */
export interface Mark {
  readonly line: number;
  readonly column: number;
}

/** Where the marks point, and the text without them. */
export function marked(text: string): { readonly text: string; readonly marks: readonly Mark[] } {
  const marks: Mark[] = [];
  const lines = text.split('\n').map((whole, index) => {
    const [line, key] = whole.split(MARK).map((part) => part.trimEnd());
    if (key === undefined) return whole;
    const column = key === '' ? line!.search(/[^-\s]/) : line!.indexOf(key.trim());
    if (column < 0) throw new Error(`no ${key} in: ${line!}`);
    marks.push({ line: index + 1, column: column + 1 });
    return line!;
  });
  return { text: lines.join('\n'), marks };
}

function indent(by: number, block: string): string {
  return block
    .split('\n')
    .map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`))
    .join('\n');
}
