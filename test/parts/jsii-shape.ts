import ts from 'typescript';
import { docOf, isConstruct, isPublic, tagOf } from '../../scripts/build/public-api.js';
import type { PublicApi } from '../../scripts/build/public-api.js';

/**
 * What jsii would refuse in a public API, and what our own taste adds: choices are classes with private constructors and
 * static factories, settings are read-only interfaces, everything says what it is. One line for each finding.
 */
export function shapeProblems({ checker, entries }: PublicApi): string[] {
  const symbols = [...new Set(entries.flatMap(({ exports }) => exports))];
  const exported = new Set(symbols);
  return symbols.flatMap((symbol) => new Shape(checker, exported, symbol.name).check(symbol));
}

const KEYWORDS = new Set([
  ts.SyntaxKind.AnyKeyword,
  ts.SyntaxKind.BooleanKeyword,
  ts.SyntaxKind.NumberKeyword,
  ts.SyntaxKind.StringKeyword,
  ts.SyntaxKind.UndefinedKeyword,
  ts.SyntaxKind.VoidKeyword,
]);

/** Types of these packages may stand in our signatures: they are peers. */
const PEER = /\/node_modules\/(cdk8s|constructs)\//;

class Shape {
  private readonly problems: string[] = [];

  public constructor(
    private readonly checker: ts.TypeChecker,
    private readonly exported: ReadonlySet<ts.Symbol>,
    private readonly name: string,
  ) {}

  public check(symbol: ts.Symbol): string[] {
    const declarations = symbol.declarations ?? [];
    if (declarations.length !== 1) this.report('is declared in several places');
    if (docOf(this.checker, symbol) === '') this.report('has no doc comment');
    for (const declaration of declarations) {
      if (ts.isClassDeclaration(declaration)) this.checkClass(declaration);
      else if (ts.isInterfaceDeclaration(declaration)) this.checkInterface(declaration);
      else if (ts.isEnumDeclaration(declaration)) this.checkDocs(declaration.members);
      else this.report('is no class, interface or enum');
    }
    return this.problems;
  }

  private report(problem: string, member?: string): void {
    this.problems.push(`${this.name}${member === undefined ? '' : `.${member}`}: ${problem}`);
  }

  private checkClass(node: ts.ClassDeclaration): void {
    if (!/^[A-Z]/.test(this.name) || /^I[A-Z]/.test(this.name)) this.report('is no name for a class');
    if (node.typeParameters) this.report('is generic');
    const members = node.members.filter(isPublic);
    const constructor = node.members.find(ts.isConstructorDeclaration);
    if (constructor) this.checkConstructor(node, constructor);
    else if (!this.inheritsFromUs(node)) this.report('has a constructor that everybody can call');
    const isStatic = (member: ts.ClassElement): boolean =>
      (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
    const own = node.members.filter((member) => !isStatic(member) && !ts.isConstructorDeclaration(member));
    if ((own.length > 0 || isAbstract(node)) && !own.some(ts.isPropertyDeclaration))
      this.report('has no property of its own, so that anything at all could be handed over in its place');
    this.checkDocs(members.filter((member) => !ts.isConstructorDeclaration(member)));
    for (const member of members) this.checkMember(member);
    for (const [name, count] of countsOf(members)) if (count > 1) this.report('is overloaded', name);
  }

  /** Either nobody calls it, or it is that of a construct: scope, id, props. */
  private checkConstructor(node: ts.ClassDeclaration, constructor: ts.ConstructorDeclaration): void {
    const closed = ts.ModifierFlags.Private | (isAbstract(node) ? ts.ModifierFlags.Protected : 0);
    if (ts.getCombinedModifierFlags(constructor) & closed) return;
    const [scope, id, props, ...more] = constructor.parameters;
    const typed = (parameter: ts.ParameterDeclaration | undefined): string => parameter?.type?.getText() ?? '';
    const scopeType = scope && this.checker.getTypeAtLocation(scope);
    const fits =
      isConstruct(this.checker, this.checker.getTypeAtLocation(node)) &&
      scopeType !== undefined &&
      (scopeType.symbol.name === 'Construct' || isConstruct(this.checker, scopeType)) &&
      typed(id) === 'string' &&
      (props === undefined || typed(props).endsWith('Props')) &&
      more.length === 0;
    if (!fits) this.report('has a constructor that is neither private nor (scope, id, props) of a construct');
  }

  private inheritsFromUs(node: ts.ClassDeclaration): boolean {
    const [base] = this.checker.getBaseTypes(this.checker.getTypeAtLocation(node) as ts.InterfaceType);
    return base?.symbol !== undefined && this.exported.has(base.symbol);
  }

  private checkInterface(node: ts.InterfaceDeclaration): void {
    const behavioural = /^I[A-Z]/.test(this.name);
    if (node.typeParameters) this.report('is generic');
    for (const { expression } of node.heritageClauses?.flatMap(({ types }) => types) ?? []) {
      const base = this.checker.getTypeAtLocation(expression).symbol;
      if (!this.exported.has(base) && !this.isPeer(base)) this.report(`extends ${base.name}, which is not exported`);
    }
    this.checkDocs(node.members);
    for (const member of node.members) {
      this.checkMember(member);
      if (!behavioural && !ts.isPropertySignature(member)) this.report('is no property', nameOf(member));
      if (ts.isPropertySignature(member) && member.questionToken && !this.hasDefault(member))
        this.report('is optional and has no @default', nameOf(member));
    }
  }

  private hasDefault(member: ts.PropertySignature): boolean {
    return (tagOf(this.checker.getSymbolAtLocation(member.name)!, 'default') ?? '') !== '';
  }

  private checkDocs(members: readonly ts.NamedDeclaration[]): void {
    for (const member of members) {
      const symbol = member.name && this.checker.getSymbolAtLocation(member.name);
      if (symbol && docOf(this.checker, symbol) === '') this.report('has no doc comment', nameOf(member));
      if (nameOf(member).startsWith('_')) this.report('is internal and public', nameOf(member));
    }
  }

  /** Read-only where it is a property, without type parameters, and of types that every language has. */
  private checkMember(member: ts.ClassElement | ts.TypeElement): void {
    const name = nameOf(member);
    if (ts.isPropertyDeclaration(member) || ts.isPropertySignature(member)) {
      if ((ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Readonly) === 0) this.report('can be written', name);
      this.checkType(member.type, name);
    } else if (ts.isSetAccessor(member)) {
      this.report('can be written', name);
    } else if (ts.isMethodDeclaration(member) || ts.isMethodSignature(member) || ts.isGetAccessor(member)) {
      if (member.typeParameters) this.report('is generic', name);
      for (const parameter of member.parameters) this.checkType(parameter.type, name);
      this.checkType(member.type, name);
    } else if (ts.isConstructorDeclaration(member)) {
      for (const parameter of member.parameters) this.checkType(parameter.type, name);
    } else this.report('is no property or method', name);
  }

  private checkType(node: ts.TypeNode | undefined, member: string): void {
    if (!node) this.report('has no declared type', member);
    else if (ts.isArrayTypeNode(node)) this.checkType(node.elementType, member);
    else if (ts.isParenthesizedTypeNode(node)) this.checkType(node.type, member);
    else if (ts.isUnionTypeNode(node)) for (const type of node.types) this.checkType(type, member);
    else if (ts.isTypeLiteralNode(node)) this.checkMap(node, member);
    else if (ts.isTypeReferenceNode(node)) this.checkReference(node, member);
    else if (!KEYWORDS.has(node.kind)) this.report(`has a type that not every language has: ${node.getText()}`, member);
  }

  /** `{ [name: string]: T }` is the one way to write a map. */
  private checkMap(node: ts.TypeLiteralNode, member: string): void {
    const [entry, ...others] = node.members;
    if (entry && ts.isIndexSignatureDeclaration(entry) && others.length === 0) this.checkType(entry.type, member);
    else this.report(`has a type without a name: ${node.getText().replaceAll(/\s+/g, ' ')}`, member);
  }

  private checkReference(node: ts.TypeReferenceNode, member: string): void {
    const { symbol } = this.checker.getTypeAtLocation(node) as { readonly symbol?: ts.Symbol };
    if (node.typeArguments) this.report(`has a generic type: ${node.getText()}`, member);
    else if (!symbol || !(this.exported.has(symbol) || this.isPeer(symbol)))
      this.report(`has a type that is not exported: ${node.getText()}`, member);
  }

  private isPeer(symbol: ts.Symbol): boolean {
    return PEER.test(symbol.declarations?.[0]?.getSourceFile().fileName ?? '');
  }
}

const isAbstract = (node: ts.ClassDeclaration): boolean =>
  (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Abstract) !== 0;

const nameOf = (member: ts.NamedDeclaration): string =>
  ts.isConstructorDeclaration(member) ? 'constructor' : (member.name?.getText() ?? '[...]');

function countsOf(members: readonly ts.NamedDeclaration[]): Map<string, number> {
  const counts = new Map<string, number>();
  const methods = members.filter((member) => ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member));
  for (const member of methods) counts.set(nameOf(member), (counts.get(nameOf(member)) ?? 0) + 1);
  return counts;
}
