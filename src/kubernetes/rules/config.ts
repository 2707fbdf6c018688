import type { Fields } from '../fields.js';
import { configKey } from './names.js';
import { byteLength } from './metadata.js';

/** ConfigMap and Secret: both hold small files by key. */
const limit = 1024 * 1024;

export function checkConfigMap(object: Fields): void {
  const binary = new Set(object.keys('binaryData'));
  let size = 0;
  for (const [key, value] of object.entries('data')) {
    checkKey(object, 'data', key);
    if (binary.has(key)) object.wrongEntry('data', key, 'is also a key of binaryData: keep one of them');
    size += byteLength(value);
  }
  for (const [key, value] of object.entries('binaryData')) {
    checkKey(object, 'binaryData', key);
    size += decodedLength(value);
  }
  if (size > limit)
    object.wrong('data', `has ${size} bytes: a ConfigMap may hold 1048576; use a volume for large files`);
}

export function checkSecret(object: Fields): void {
  // stringData is written over data before anything is checked.
  const data = new Map(object.entries('data').map(([key, value]) => [key, decodedLength(value)]));
  for (const key of data.keys()) checkKey(object, 'data', key);
  for (const [key, value] of object.entries('stringData')) {
    checkKey(object, 'stringData', key);
    data.set(key, byteLength(value));
  }
  const size = [...data.values()].reduce((sum, length) => sum + length, 0);
  if (size > limit) object.wrong('data', `has ${size} bytes: a Secret may hold 1048576`);
  const type = object.text('type');
  if (type === 'kubernetes.io/service-account-token') {
    const metadata = object.objectOrEmpty('metadata');
    const account =
      metadata.entries('annotations').find(([key]) => key === 'kubernetes.io/service-account.name')?.[1] ?? '';
    if (account === '')
      metadata.wrongEntry('annotations', 'kubernetes.io/service-account.name', `is missing: type ${type} needs it`);
  }
  if (type === 'kubernetes.io/basic-auth' && !data.has('username') && !data.has('password')) {
    object.wrongEntry('data', 'username', `is missing: type ${type} needs username or password`);
  }
  for (const key of requiredKeys[type] ?? []) {
    if (!data.has(key) || (key === 'ssh-privatekey' && data.get(key) === 0)) {
      object.wrongEntry('data', key, `is missing: type ${type} needs it`);
    } else if (key.startsWith('.docker')) checkJson(object, key, type);
  }
}

const requiredKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

function checkKey(object: Fields, name: string, key: string): void {
  const wrong = configKey(key);
  if (wrong !== undefined) object.wrongEntry(name, key, wrong);
}

function checkJson(object: Fields, key: string, type: string): void {
  const plain = new Map(object.entries('stringData')).get(key);
  const encoded = new Map(object.entries('data')).get(key) ?? '';
  try {
    const parsed: unknown = JSON.parse(plain ?? Buffer.from(encoded, 'base64').toString('utf8'));
    if (typeof parsed === 'object' && !Array.isArray(parsed)) return;
  } catch {
    // Said below: what JSON.parse has to say would quote the secret.
  }
  // The message never shows the value: it is a password.
  object.wrongEntry('data', key, `must be a JSON object: type ${type} is read by the kubelet`);
}

function decodedLength(base64: string): number {
  const text = base64.replace(/[\r\n]/g, '');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}
