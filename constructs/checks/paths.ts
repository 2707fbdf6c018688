import type { Path, Problem } from '../../src/api/problem.js';

/** A path in a container: absolute, without `..`, not the root itself. */
export function absolutePathProblem(value: string, path: Path): Problem[] {
  const hint = 'write an absolute path such as /app/artifacts';
  if (!value.startsWith('/')) return [{ path, message: 'the path is not absolute', hint, value }];
  if (hasParentStep(value)) return [{ path, message: 'the path has `..`', hint, value }];
  if (/^\/+$/.test(value)) return [{ path, message: 'the root of the container cannot be mounted over', hint, value }];
  return characterProblem(value, path, hint);
}

/** A path below another one: relative, and never out of it. */
export function relativePathProblem(value: string, path: Path): Problem[] {
  const hint = 'write a folder below it, such as config/server';
  if (value === '') return [{ path, message: 'the path is empty', hint: 'remove it, or name a folder', value }];
  if (value.startsWith('/')) return [{ path, message: 'the path is absolute', hint, value }];
  if (hasParentStep(value)) return [{ path, message: 'the path leaves its folder', hint, value }];
  if (value.startsWith('-')) return [{ path, message: 'the path begins with a hyphen', hint, value }];
  return characterProblem(value, path, hint);
}

const hasParentStep = (value: string): boolean => value.split('/').includes('..');

function characterProblem(value: string, path: Path, hint: string): Problem[] {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) return [{ path, message: 'the path has a control character', hint, value }];
  if (value.includes(':')) return [{ path, message: 'the path has a colon, which a mount cannot have', hint, value }];
  return value.length > 4096 ? [{ path, message: 'the path is longer than 4096 characters', hint }] : [];
}
