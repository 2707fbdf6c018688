import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

// Certificates made on the spot, for servers on this machine: Node signs, but does not make any. The shapes are those of RFC 5280.

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
}

export interface CertificateOptions {
  readonly name: string;
  /** Groups, as Kubernetes reads them. */
  readonly organizations?: readonly string[];
  /** Names and addresses of a server. @default localhost and 127.0.0.1 */
  readonly hosts?: readonly string[];
  /** @default in an hour */
  readonly notAfter?: Date;
}

const HOUR = 3_600_000;
/** How long an authority is good for that is made here. */
const DECADE = 10 * 365 * 86_400_000;

/** An authority that signs certificates for servers and clients. */
export class CertificateMaker {
  readonly cert: string;
  private readonly privateKey: KeyObject;

  /** @param known one that was made before, by the same name. @default a new one */
  constructor(
    private readonly name = 'test-authority',
    known?: Certificate,
  ) {
    this.privateKey = known
      ? createPrivateKey(known.key)
      : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const notAfter = new Date(Date.now() + DECADE);
    this.cert = known?.cert ?? this.signed({ name, notAfter }, createPublicKey(this.privateKey), true);
  }

  /** PEM; whoever has it signs as this authority. */
  get key(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  make(options: CertificateOptions): Certificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { cert: this.signed(options, publicKey, false), key };
  }

  private signed(options: CertificateOptions, publicKey: KeyObject, isAuthority: boolean): string {
    const { notAfter = new Date(Date.now() + HOUR), hosts = ['localhost', '127.0.0.1'] } = options;
    const algorithm = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
    const extensions = isAuthority
      ? [extension([2, 5, 29, 19], sequence(tagged(0x01, Buffer.from([0xff]))))]
      : [extension([2, 5, 29, 17], sequence(...hosts.map(alternativeName)))];
    const body = sequence(
      tagged(0xa0, tagged(0x02, Buffer.from([2]))),
      tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      algorithm,
      distinguishedName(this.name),
      sequence(time(new Date(Math.min(Date.now(), notAfter.getTime()) - HOUR)), time(notAfter)),
      distinguishedName(options.name, options.organizations),
      publicKey.export({ type: 'spki', format: 'der' }),
      tagged(0xa3, sequence(...extensions)),
    );
    const der = sequence(body, algorithm, bits(sign('sha256', body, this.privateKey)));
    const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  }
}

function tagged(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, ...parts);
const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.from([0]), content);
const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value));

function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

function oid(first: number, second: number, ...rest: number[]): Buffer {
  const bytes = rest.flatMap((number) => {
    const digits = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function distinguishedName(name: string, organizations: readonly string[] = []): Buffer {
  const part = (last: number, value: string): Buffer => tagged(0x31, sequence(oid(2, 5, 4, last), text(value)));
  return sequence(...organizations.map((organization) => part(10, organization)), part(3, name));
}

function extension(id: readonly [number, number, ...number[]], content: Buffer): Buffer {
  return sequence(oid(...id), tagged(0x04, content));
}

function alternativeName(host: string): Buffer {
  return isIP(host) === 4 ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host));
}
