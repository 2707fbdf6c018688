import ts from 'typescript';
import { docOf, isConstruct, isPublic, tagOf } from '../build/public-api.js';
import type { PublicApi } from '../build/public-api.js';

/** API.md: a section for each class and interface of each entry. */
export function apiPage(api: PublicApi): string {
  const names = new Set(api.entries.flatMap(({ exports }) => exports.map(({ name }) => name)));
  const page = new Page(api.checker, names);
  const sections = api.entries.map(({ specifier, exports }) => page.entry(specifier, exports));
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

const INTRODUCTION = `# The library

<!-- Written by scripts/api-page.ts from the declarations in constructs/. Do not edit. -->

What \`import\` and \`require\` offer. Everything else in the package is internal: [what a release keeps](docs/semver.md). A name with a question mark is optional.
`;

class Page {
  public constructor(
    private readonly checker: ts.TypeChecker,
    private readonly names: ReadonlySet<string>,
  ) {}

  public entry(specifier: string, exports: readonly ts.Symbol[]): string {
    const sorted = exports.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const groups = GROUPS.map(({ title, holds }) => ({
      title,
      symbols: sorted.filter((symbol) => holds(symbol, this.checker)),
    })).filter(({ symbols }) => symbols.length > 0);
    const contents = groups.map(
      ({ title, symbols }) => `- ${title}: ${symbols.map(({ name }) => `[${name}](#${anchorOf(name)})`).join(', ')}`,
    );
    const sections = groups.flatMap(({ symbols }) => symbols.map((symbol) => this.section(symbol)));
    return [`## Entry \`${specifier}\``, contents.join('\n'), ...sections].join('\n\n') + '\n';
  }

  private section(symbol: ts.Symbol): string {
    const declaration = symbol.declarations![0]!;
    const parts = [`### ${symbol.name}`, this.prose(symbol)];
    if (ts.isInterfaceDeclaration(declaration)) parts.push(...this.ofInterface(declaration));
    if (ts.isClassDeclaration(declaration)) parts.push(...this.ofClass(declaration));
    return parts.filter((part) => part !== '').join('\n\n');
  }

  private ofInterface(node: ts.InterfaceDeclaration): string[] {
    return [
      this.bases(node),
      this.table(node.members.filter(ts.isPropertySignature)),
      ...node.members.filter(ts.isMethodSignature).map((method) => this.method(method)),
    ];
  }

  private ofClass(node: ts.ClassDeclaration): string[] {
    const members = node.members.filter(isPublic);
    const constructor = members.find(ts.isConstructorDeclaration);
    const isOpen = constructor && !(ts.getCombinedModifierFlags(constructor) & ts.ModifierFlags.Protected);
    return [
      this.bases(node),
      isOpen ? this.constructor_(node, constructor) : '',
      this.table(members.filter((member) => ts.isPropertyDeclaration(member) || ts.isGetAccessor(member))),
      ...members.filter(ts.isMethodDeclaration).map((method) => this.method(method)),
    ];
  }

  private bases({ heritageClauses }: ts.ClassDeclaration | ts.InterfaceDeclaration): string {
    const clauses = (heritageClauses ?? []).map(({ token, types }) => {
      const verb = token === ts.SyntaxKind.ImplementsKeyword ? 'Implements' : 'Extends';
      return `${verb} ${types.map((type) => this.type(type)).join(', ')}.`;
    });
    return clauses.join(' ');
  }

  private constructor_(node: ts.ClassDeclaration, constructor: ts.ConstructorDeclaration): string {
    const signature = this.checker.getSignatureFromDeclaration(constructor)!;
    const parameters = constructor.parameters.map((one) => one.getText()).join(', ');
    const code = `\`\`\`ts\nnew ${node.name!.text}(${parameters})\n\`\`\``;
    const tags = this.tags(constructor.parameters, signature.getJsDocTags());
    return [code, ts.displayPartsToString(signature.getDocumentationComment(this.checker)), tags]
      .filter((part) => part !== '')
      .join('\n\n');
  }

  private method(method: ts.MethodDeclaration | ts.MethodSignature): string {
    const symbol = this.checker.getSymbolAtLocation(method.name)!;
    const isStatic = (ts.getCombinedModifierFlags(method) & ts.ModifierFlags.Static) !== 0;
    const owner = isStatic ? `${(method.parent as ts.ClassDeclaration).name!.text}.` : '';
    const parameters = method.parameters.map((one) => one.getText()).join(', ');
    const code = `\`\`\`ts\n${owner}${method.name.getText()}(${parameters}): ${method.type?.getText() ?? 'void'}\n\`\`\``;
    return [
      `#### ${owner}${method.name.getText()}`,
      code,
      this.prose(symbol),
      this.tags(method.parameters, symbol.getJsDocTags()),
    ]
      .filter((part) => part !== '')
      .join('\n\n');
  }

  private tags(parameters: readonly ts.ParameterDeclaration[], tags: readonly ts.JSDocTagInfo[]): string {
    const named = parameters.flatMap((parameter) => {
      const symbol = this.checker.getSymbolAtLocation(parameter.name)!;
      const doc = docOf(this.checker, symbol);
      return doc === '' ? [] : [`- \`${symbol.name}\`: ${oneLine(doc)}`];
    });
    const thrown = tags
      .filter(({ name }) => name === 'throws')
      .map(({ text }) => `- throws ${oneLine(ts.displayPartsToString(text))}`);
    return [...named, ...thrown].join('\n');
  }

  private table(
    members: readonly (ts.PropertySignature | ts.PropertyDeclaration | ts.GetAccessorDeclaration)[],
  ): string {
    if (members.length === 0) return '';
    const rows = members.map((member) => {
      const symbol = this.checker.getSymbolAtLocation(member.name)!;
      const optional = ts.isPropertySignature(member) && member.questionToken ? '?' : '';
      const preset = tagOf(symbol, 'default');
      return [
        `\`${symbol.name}${optional}\``,
        this.type(member.type!),
        oneLine(docOf(this.checker, symbol)),
        presetCell(preset),
      ];
    });
    const withPresets = rows.some((row) => row[3] !== '');
    const header = ['property', 'type', 'what', ...(withPresets ? ['default'] : [])];
    const line = (cells: readonly string[]): string => `| ${cells.slice(0, header.length).map(cell).join(' | ')} |`;
    return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
  }

  /** A type, leading to its section where it names one that has one. */
  private type(node: ts.Node): string {
    const text = node.getText().replaceAll(/\s+/g, ' ').replaceAll('; }', ' }');
    const known = [...new Set(text.match(/\w+/g))].filter((name) => this.names.has(name));
    return known.length === 1 ? `[\`${text}\`](#${anchorOf(known[0]!)})` : `\`${text}\``;
  }

  private prose(symbol: ts.Symbol): string {
    return docOf(this.checker, symbol);
  }
}

interface Group {
  readonly title: string;
  readonly holds: (symbol: ts.Symbol, checker: ts.TypeChecker) => boolean;
}

const isClass = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Class) !== 0;
const isOfConstruct = (symbol: ts.Symbol, checker: ts.TypeChecker): boolean =>
  isClass(symbol) && isConstruct(checker, checker.getDeclaredTypeOfSymbol(symbol));
const GROUPS: readonly Group[] = [
  { title: 'Constructs', holds: isOfConstruct },
  { title: 'Classes', holds: (symbol, checker) => isClass(symbol) && !isOfConstruct(symbol, checker) },
  { title: 'Interfaces', holds: (symbol) => !isClass(symbol) },
];

/** A default is code, or after a hyphen a text. */
function presetCell(preset: string | undefined): string {
  if (preset === undefined) return '';
  if (preset.startsWith('- ')) return oneLine(preset.slice(2));
  const [code, ...text] = preset.split(' - ');
  return [`\`${code!}\``, ...text].join(': ');
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');
const cell = (text: string): string => text.replaceAll('|', '\\|');
const anchorOf = (name: string): string => name.toLowerCase();
