import type { Complaint, SchemaNode } from './compiled-schema.js';

/** A complaint with the keyword that did not hold and the node that the keyword stands in. */
export interface Finding extends Complaint {
  readonly keyword: string;
  readonly node: SchemaNode;
}

/**
 * A value that fits no branch of an `anyOf` or `oneOf` makes ajv complain about every branch. What is left here is either the
 * complaints about the one branch that was probably meant, or the complaint that none fits.
 */
export function oneProblemPerUnion(findings: readonly Finding[]): Finding[] {
  const kept: Finding[] = [];
  for (const finding of findings) {
    if (finding.keyword !== 'anyOf' && finding.keyword !== 'oneOf') {
      kept.push(finding);
      continue;
    }
    // ajv puts the complaints about the branches directly before the one about the union.
    const branches: Finding[] = [];
    while (kept.length > 0 && isInside(kept[kept.length - 1]!, finding)) branches.push(kept.pop()!);
    kept.push(...(likelyBranch(finding, branches.reverse()) ?? [finding]));
  }
  return kept;
}

function isInside(inner: Finding, union: Finding): boolean {
  const { instancePath } = inner;
  return (
    inner.schemaPath.startsWith(`${union.schemaPath}/`) &&
    instancePath.startsWith(union.instancePath) &&
    (instancePath.length === union.instancePath.length || instancePath[union.instancePath.length] === '/')
  );
}

/** The complaints about the branch that was meant: the value is of its kind, and of such branches it has the fewest mistakes. */
function likelyBranch(union: Finding, findings: readonly Finding[]): readonly Finding[] | undefined {
  const branches = new Map<string, Finding[]>();
  for (const finding of findings) {
    const index = finding.schemaPath.slice(union.schemaPath.length + 1).split('/', 1)[0]!;
    const branch = branches.get(index);
    if (branch) branch.push(finding);
    else branches.set(index, [finding]);
  }
  const candidates = [...branches.values()].filter((branch) => !branch.some((one) => isMisfit(one, union)));
  return candidates.sort((a, b) => a.length - b.length)[0];
}

const MISFITS = new Set(['type', 'const', 'enum', 'pattern']);

/** The value is of another kind than the branch is for; then the union, whose hint covers all branches, says it better. */
function isMisfit({ instancePath, keyword, node }: Finding, union: Finding): boolean {
  if (instancePath !== union.instancePath) return false;
  return MISFITS.has(keyword) || (keyword === 'required' && node.type === undefined);
}
