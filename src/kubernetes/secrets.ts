import type { ObjectProblem } from './problem.js';

/** Problems end up in terminals and in the logs of CI: what a Secret holds must not, neither as a value nor within a message. */
export function withoutSecrets(problems: readonly ObjectProblem[]): ObjectProblem[] {
  return problems.map((problem) => {
    if (!/^(data|stringData)\b/.test(problem.path)) return problem;
    return { path: problem.path, message: problem.message.replace(/, not .*$/s, '') };
  });
}
