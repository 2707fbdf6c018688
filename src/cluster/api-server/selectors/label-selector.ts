import { badRequest } from '../refusal.js';
import type { Json } from '../json.js';

type Requirement = (labels: Json) => boolean;

/** Whether labels are selected. */
export type LabelSelector = (labels: Json) => boolean;

const PREFIX = '[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/';
const KEY = `(?:${PREFIX})?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?`;
const SET_BASED = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=|>|<)\\s*([-A-Za-z0-9_.]*)$`);
const EXISTENCE = new RegExp(`^(!?)\\s*(${KEY})$`);

/**
 * `app=game,zone!=one,tier in (a, b),!old`.
 *
 * @throws Refusal 400
 */
export function labelSelector(text: string): LabelSelector {
  const requirements = parts(text).map(requirementOf);
  return (labels) => requirements.every((holds) => holds(labels));
}

/** Commas within brackets do not separate. */
function parts(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^()]*\))/).map((part) => part.trim());
}

function requirementOf(part: string): Requirement {
  const set = SET_BASED.exec(part);
  if (set) {
    const values = new Set(set[3]!.split(',').map((value) => value.trim()));
    const [key, wanted] = [set[1]!, set[2] === 'in'];
    return (labels) => (labels[key] === undefined ? !wanted : values.has(labels[key] as string) === wanted);
  }
  const equality = EQUALITY.exec(part);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    if (operator === '>' || operator === '<') return compared(key, operator, value, part);
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const existence = EXISTENCE.exec(part);
  if (!existence) throw badRequest(`unable to parse requirement: ${JSON.stringify(part)}`);
  const [, not = '', key = ''] = existence;
  return (labels) => (labels[key] === undefined) === (not === '!');
}

function compared(key: string, operator: '>' | '<', value: string, part: string): Requirement {
  if (!/^-?\d+$/.test(value)) throw badRequest(`unable to parse requirement: ${JSON.stringify(part)}: no whole number`);
  const bound = Number(value);
  return (labels) => {
    const own = labels[key];
    if (typeof own !== 'string' || !/^-?\d+$/.test(own)) return false;
    return operator === '>' ? Number(own) > bound : Number(own) < bound;
  };
}
