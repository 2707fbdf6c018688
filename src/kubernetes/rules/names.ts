/**
 * The forms of names in Kubernetes. Each function returns what is wrong and what would be right, or undefined.
 * Source: k8s.io/apimachinery/pkg/util/validation.
 */
export type NameRule = (name: string) => string | undefined;

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainWithUnderscore = /^[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?(\.[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?)*$/;
const wildcard = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualified = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const labelAdvice = 'use lower-case letters, digits and "-", with a letter or digit at both ends';

const MOST_REMEMBERED = 4096;

/** The same rule, quicker: the objects of a zone repeat a few names (label keys, variables, Secrets) thousands of times. */
function remembering(rule: NameRule): NameRule {
  const right = new Set<string>();
  return (name) => {
    if (right.has(name)) return undefined;
    const wrong = rule(name);
    if (wrong === undefined) {
      if (right.size === MOST_REMEMBERED) right.clear();
      right.add(name);
    }
    return wrong;
  };
}

export function dnsLabel(name: string): string | undefined {
  if (name.length > 63) return `has ${name.length} characters: use at most 63`;
  return label.test(name) ? undefined : `${quote(name)} is not a DNS label: ${labelAdvice}`;
}

export function dns1035Label(name: string): string | undefined {
  if (name.length > 63) return `has ${name.length} characters: use at most 63`;
  return label1035.test(name) ? undefined : `${quote(name)} is not a DNS label: ${labelAdvice}, and a letter first`;
}

export const dnsSubdomain = remembering((name) => {
  if (name.length > 253) return `has ${name.length} characters: use at most 253`;
  return subdomain.test(name) ? undefined : `${quote(name)} is not a DNS name: ${labelAdvice}; "." may join such parts`;
});

export function dnsSubdomainWithUnderscore(name: string): string | undefined {
  if (name.length > 253) return `has ${name.length} characters: use at most 253`;
  return subdomainWithUnderscore.test(name)
    ? undefined
    : `${quote(name)} is not a DNS name: use lower-case letters, digits, "-", "_" and "."`;
}

export function wildcardSubdomain(name: string): string | undefined {
  if (name.length > 253) return `has ${name.length} characters: use at most 253`;
  return wildcard.test(name) ? undefined : `${quote(name)} is not a wildcard DNS name: write "*." and then a DNS name`;
}

/** `name` or `example.com/name`: label keys, annotation keys, resource names. */
export const qualifiedName = remembering((name) => {
  const slash = name.indexOf('/');
  const local = name.slice(slash + 1);
  if (slash >= 0) {
    if (local.includes('/')) return `${quote(name)} has more than one "/": write name or example.com/name`;
    if (slash === 0) return `${quote(name)} has nothing before "/": write name or example.com/name`;
    const wrong = dnsSubdomain(name.slice(0, slash));
    if (wrong !== undefined) return `its prefix ${wrong}`;
  }
  if (local.length > 63) return `its name has ${local.length} characters: use at most 63`;
  if (qualified.test(local)) return undefined;
  return `${quote(name)} is not a qualified name: use letters, digits, "-", "_" and ".", with a letter or digit at both ends`;
});

export function validLabelValue(value: string): string | undefined {
  if (value.length > 63) return `has ${value.length} characters: a label value may have at most 63`;
  if (labelValue.test(value)) return undefined;
  return `${quote(value)} is not a label value: use letters, digits, "-", "_" and ".", with a letter or digit at both ends`;
}

/** Names of RBAC objects: whatever can stand between two slashes of a URL. */
export function pathSegment(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be "${name}"`;
  return /[/%]/.test(name) ? `${quote(name)} may not contain "/" or "%"` : undefined;
}

export function portName(name: string): string | undefined {
  if (name.length > 15) return `port name ${quote(name)} has ${name.length} characters: use at most 15`;
  if (/^[-a-z0-9]+$/.test(name) && /[a-z]/.test(name) && !/^-|-$|--/.test(name)) return undefined;
  return `${quote(name)} is not a port name: use lower-case letters, digits and single "-", with at least one letter`;
}

export function portNumber(value: number): string | undefined {
  return value >= 1 && value <= 65535 ? undefined : `port ${value} is out of range: use 1 to 65535`;
}

/** A number, or the name of a container's port. */
export function portNumberOrName(value: unknown): string | undefined {
  if (typeof value === 'string') return portName(value);
  return portNumber(typeof value === 'number' ? value : 0);
}

export const environmentName = remembering((name) =>
  /^[ -<>-~]+$/.test(name)
    ? undefined
    : `${quote(name)} is not a variable's name: use printable ASCII characters without "="`,
);

/** Keys in ConfigMaps and Secrets become file names. */
export function configKey(key: string): string | undefined {
  if (key.length > 253) return `the key has ${key.length} characters: use at most 253`;
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) return `${quote(key)} is not a key: use letters, digits, "-", "_" and "."`;
  return key === '.' || key.startsWith('..')
    ? `${quote(key)} is not a key: it may not be "." nor begin with ".."`
    : undefined;
}

export function headerName(name: string): string | undefined {
  return /^[-A-Za-z0-9]+$/.test(name) ? undefined : `${quote(name)} is not an HTTP header: use letters, digits and "-"`;
}

export function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 77)}...` : name);
}
