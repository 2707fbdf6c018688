import type { Path } from '../api/problem.js';
import { type HeaderSpec, type HookTemplateSpec, type MetricSpec } from './spec.js';

/** One `{{ ... }}`: an argument's name, or what stands there instead of one. */
export type Placeholder =
  | { readonly kind: 'argument'; readonly name: string }
  | { readonly kind: 'other'; readonly content: string }
  | { readonly kind: 'unclosed' };

/** A text of a metric, and where it stands in it. */
export interface MetricText {
  readonly path: Path;
  readonly text: string;
}

export function placeholdersIn(text: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  for (let start = text.indexOf('{{'); start >= 0;) {
    const end = text.indexOf('}}', start + 2);
    if (end < 0) return [...found, { kind: 'unclosed' }];
    const content = text.slice(start + 2, end).trim();
    const [, name] = /^args\.([^\s{}]+)$/.exec(content) ?? [];
    found.push(name === undefined ? { kind: 'other', content } : { kind: 'argument', name });
    start = text.indexOf('{{', end + 2);
  }
  return found;
}

/** The texts of a metric in which arguments are filled in: hooks.md has this list, and the engine must not know another. */
export function templatedTexts(metric: MetricSpec): readonly MetricText[] {
  const { web, prometheus, exec } = metric.provider ?? {};
  return texts([
    [['provider', 'web', 'url'], web?.url],
    [['provider', 'web', 'body'], web?.body],
    ...headers(['provider', 'web', 'headers'], web?.headers, 'value'),
    [['provider', 'prometheus', 'query'], prometheus?.query],
    ...headers(['provider', 'prometheus', 'headers'], prometheus?.headers, 'value'),
    ...words(['provider', 'exec', 'command'], exec?.command),
  ]);
}

/** The texts of a metric that are taken as they stand, where a placeholder would reach the other side unfilled. */
export function literalTexts(metric: MetricSpec): readonly MetricText[] {
  const { web, prometheus, exec, kubernetes } = metric.provider ?? {};
  return texts([
    [['provider', 'web', 'jsonPath'], web?.jsonPath],
    ...headers(['provider', 'web', 'headers'], web?.headers, 'key'),
    [['provider', 'prometheus', 'address'], prometheus?.address],
    ...headers(['provider', 'prometheus', 'headers'], prometheus?.headers, 'key'),
    [['provider', 'exec', 'container'], exec?.container],
    ...(kubernetes?.fields ?? []).flatMap((field, index): [Path, string | undefined][] => [
      [['provider', 'kubernetes', 'fields', index, 'path'], field.path],
      [['provider', 'kubernetes', 'fields', index, 'value'], field.value],
    ]),
  ]);
}

/** The names in all placeholders of a template, each once. */
export function argumentsUsed(template: HookTemplateSpec): readonly string[] {
  const all = (template.metrics ?? []).flatMap(templatedTexts);
  const names = all.flatMap(({ text }) =>
    placeholdersIn(text).flatMap((each) => (each.kind === 'argument' ? [each.name] : [])),
  );
  return [...new Set(names)];
}

function headers(
  path: Path,
  list: readonly HeaderSpec[] | undefined,
  part: 'key' | 'value',
): [Path, string | undefined][] {
  return (list ?? []).map((header, index) => [[...path, index, part], header[part]]);
}

function words(path: Path, list: readonly string[] | undefined): [Path, string][] {
  return (list ?? []).map((word, index) => [[...path, index], word]);
}

function texts(candidates: readonly (readonly [Path, string | undefined])[]): readonly MetricText[] {
  return candidates.flatMap(([path, text]) => (text === undefined ? [] : [{ path, text }]));
}
