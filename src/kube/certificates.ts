import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { AccessError } from './access-error.js';
import type { Access, Material } from './kubeconfig.js';

export interface ClientCertificate {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** What new connections trust and show. Files are read again for each, as they are replaced while we run. */
export class Certificates {
  private made:
    { readonly from: readonly (string | Buffer | undefined)[]; readonly context: SecureContext } | undefined;

  constructor(
    private readonly access: Access,
    private readonly issued: () => ClientCertificate | undefined,
  ) {}

  /** @throws AccessError that names the file */
  context(): SecureContext {
    const { ca: caMaterial, certificate, source } = this.access;
    const ca = caMaterial && read(caMaterial, `certificate authority of ${source}`);
    const { cert, key } = this.issued() ?? {
      cert: certificate && read(certificate.cert, `client certificate of ${source}`),
      key: certificate && read(certificate.key, `client key of ${source}`),
    };
    const from = [ca, cert, key];
    if (this.made && from.every((part, index) => same(part, this.made?.from[index]))) return this.made.context;
    if (ca) checkAuthority(ca, source);
    try {
      const context = createSecureContext({ ca, cert, key, minVersion: 'TLSv1.2' });
      this.made = { from, context };
      return context;
    } catch (error) {
      throw new AccessError(`The client certificate of ${source} cannot be used`, { cause: error });
    }
  }

  /** What an exec plugin is told of the authority. */
  authorityData(): string | undefined {
    const { ca, source } = this.access;
    return ca && read(ca, `certificate authority of ${source}`).toString('base64');
  }
}

function read(material: Material, what: string): Buffer {
  if ('data' in material) return material.data;
  try {
    return readFileSync(material.file);
  } catch (error) {
    throw new AccessError(`The ${what} cannot be read`, { cause: error });
  }
}

/** OpenSSL passes over what it cannot read, and then nobody is trusted. */
function checkAuthority(pem: Buffer, source: string): void {
  const blocks = pem.toString().match(/-----BEGIN [^-]*CERTIFICATE-----[^-]*-----END [^-]*CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length === 0) throw new Error('there is no certificate in it');
    for (const block of blocks) new X509Certificate(block);
  } catch (error) {
    throw new AccessError(`The certificate authority of ${source} cannot be used`, { cause: error });
  }
}

function same(a: string | Buffer | undefined, b: string | Buffer | undefined): boolean {
  return a === b || (a instanceof Buffer && b instanceof Buffer && a.equals(b));
}
