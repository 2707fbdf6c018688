import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Stored } from '../../../kube/objects.js';
import { apiVersionOf } from '../../../kube/resource.js';
import type { ApiServer } from '../api-server.js';
import type { ServedResource } from '../catalog/served-resource.js';
import { record, type Json } from '../json.js';
import { badRequest, noSuchPath, notAllowed, Refusal } from '../refusal.js';
import { versionOf } from '../reads.js';
import { success } from '../success.js';
import { readRequest } from './body.js';
import { CertificateMaker } from './certificate-maker.js';
import { Exchange } from './exchange.js';
import { placeOf, type Place } from './place.js';
import { rawAnswer } from './raw-answer.js';
import { review } from './review.js';
import { partialOf, tableOf } from './table.js';
import { answerWatch } from './watch-answer.js';

export interface HttpFaceOptions {
  readonly server: ApiServer;
  /** Who a bearer token is. Whoever has none of them is nobody, and refused. */
  readonly users: ReadonlyMap<string, string>;
  /** @default one that is free */
  readonly port?: number;
  /** By which the server is known. @default one of its own */
  readonly authority?: CertificateMaker;
  /** The log of a container; without it `kubectl logs` is refused. */
  readonly logs?: (
    pod: { readonly namespace: string; readonly name: string },
    query: URLSearchParams,
  ) => Promise<string>;
  /** A request that failed for a reason of ours: a bug. @default ignored; the client is told 500 */
  readonly onError?: (error: unknown) => void;
}

/** The name of the authority. */
export const AUTHORITY = 'gamezone embedded cluster';

const LOOPBACK = '127.0.0.1';

/** Milliseconds for which its certificate is good. */
const YEAR = 365 * 86_400_000;

/**
 * The API server on a port of this machine, for kubectl and everybody else who speaks HTTP. It is TLS, with an authority of its
 * own, because kubectl sends tokens over nothing else.
 */
export class HttpFace {
  /** The certificate of the authority that the server is known by, PEM. */
  readonly authority: string;
  private readonly http: Server;

  private constructor(private readonly options: HttpFaceOptions) {
    const maker = options.authority ?? new CertificateMaker(AUTHORITY);
    const certificate = maker.make({ name: 'kube-apiserver', notAfter: new Date(Date.now() + YEAR) });
    this.authority = maker.cert;
    this.http = createServer(certificate, (request, response) => void this.answer(request, response));
  }

  /** @throws where the port is taken */
  static async listen(options: HttpFaceOptions): Promise<HttpFace> {
    const face = new HttpFace(options);
    await new Promise<void>((resolve, reject) => {
      face.http.once('error', reject);
      face.http.listen(options.port ?? 0, LOOPBACK, () => {
        face.http.off('error', reject);
        resolve();
      });
    });
    return face;
  }

  get url(): string {
    return `https://${LOOPBACK}:${(this.http.address() as AddressInfo).port}`;
  }

  /** A kubeconfig for one of the users. */
  kubeconfig(user: string, namespace = 'default'): string {
    const token = [...this.options.users].find(([, name]) => name === user)?.[0];
    if (token === undefined) throw new Error(`there is no user ${JSON.stringify(user)}`);
    const name = 'gamezone';
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name, namespace } }],
      clusters: [
        {
          name,
          cluster: { server: this.url, 'certificate-authority-data': Buffer.from(this.authority).toString('base64') },
        },
      ],
      users: [{ name, user: { token } }],
    });
  }

  /** Ends every connection, watches too. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.options.server.isUp) {
      response.destroy();
      return;
    }
    const user = this.userOf(request);
    const exchange = new Exchange(request, response, user ?? '');
    try {
      if (user === undefined && !['/healthz', '/livez', '/readyz', '/version'].includes(exchange.path))
        throw new Refusal(401, 'Unauthorized', 'Unauthorized');
      await this.route(exchange);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else if (error instanceof Refusal) {
        const { retryAfterSeconds } = error.details;
        if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
        exchange.send(error.code, error.status);
      } else {
        this.options.onError?.(error);
        exchange.send(500, new Refusal(500, 'InternalError', 'an internal error occurred').status);
      }
    }
  }

  private userOf({ headers }: IncomingMessage): string | undefined {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    return token === undefined ? undefined : this.options.users.get(token);
  }

  private async route(exchange: Exchange): Promise<void> {
    const { server } = this.options;
    const place = placeOf(exchange.path);
    if (!place) {
      if (exchange.method !== 'GET') throw notAllowed(exchange.method);
      exchange.send(200, rawAnswer(server, exchange.path));
      return;
    }
    const body = exchange.method === 'GET' ? undefined : await readRequest(exchange.request);
    const reviewed = exchange.method === 'POST' ? review(place, body, exchange.user) : undefined;
    if (reviewed) {
      exchange.send(201, reviewed);
      return;
    }
    const resource = server.resource(place);
    if (place.name === undefined) this.answerCollection(resource, place, exchange, body);
    else await this.answerObject(resource, { ...place, name: place.name }, exchange, body);
  }

  private answerCollection(resource: ServedResource, place: Place, exchange: Exchange, body: unknown): void {
    const { server } = this.options;
    const { namespace = '' } = place;
    switch (exchange.method) {
      case 'GET':
        if (exchange.isWatch) answerWatch(server, resource, namespace, exchange);
        else this.answerList(resource, namespace, exchange);
        return;
      case 'POST':
        if (resource.namespaced && namespace === '') throw notAllowed('POST');
        requireKind(resource, body);
        this.sendObject(exchange, 201, resource, server.create(resource, namespace, body, exchange.caller));
        return;
      case 'DELETE': {
        const request = { ...exchange.selection, namespace };
        const items = server.deleteCollection(resource, request, exchange.deletion(body), exchange.caller);
        exchange.send(200, listOf(resource, { resourceVersion: String(server.core.storage.revision) }, items));
        return;
      }
      default:
        throw notAllowed(exchange.method);
    }
  }

  private answerList(resource: ServedResource, namespace: string, exchange: Exchange): void {
    const { server } = this.options;
    const { form } = exchange;
    const { metadata, items } = server.list(resource, { ...exchange.selection, namespace });
    if (form.as === 'rows') exchange.send(200, tableOf(resource, items, metadata, server.core.clock.now(), form));
    else if (form.as === 'metadata') {
      const kind = 'PartialObjectMetadataList';
      const { apiVersion } = form;
      exchange.send(200, { kind, apiVersion, metadata, items: items.map((one) => partialOf(one, apiVersion)) });
    } else exchange.send(200, listOf(resource, metadata, items));
  }

  private async answerObject(
    resource: ServedResource,
    place: Place & { readonly name: string },
    exchange: Exchange,
    body: unknown,
  ): Promise<void> {
    const { server, logs } = this.options;
    const { namespace = '', name, subresource } = place;
    const named = { namespace, name };
    switch (exchange.method) {
      case 'GET':
        if (resource.id === '/pods' && subresource === 'log') {
          if (!logs) throw notAllowed('logs');
          server.get(resource, named);
          exchange.send(200, await logs(named, exchange.query));
        } else {
          const version = exchange.query.get('resourceVersion');
          if (version) versionOf(version, 500);
          this.sendObject(exchange, 200, resource, server.get(resource, named, subresource), subresource);
        }
        return;
      case 'PUT': {
        if (subresource === undefined) requireKind(resource, body);
        const code = server.has(resource, named) ? 200 : 201;
        this.sendObject(
          exchange,
          code,
          resource,
          server.replace(resource, named, body, exchange.caller, subresource),
          subresource,
        );
        return;
      }
      case 'PATCH': {
        const code = server.has(resource, named) ? 200 : 201;
        this.sendObject(
          exchange,
          code,
          resource,
          server.patch(resource, named, exchange.patch(body), exchange.caller, subresource),
          subresource,
        );
        return;
      }
      case 'POST':
        if (subresource === undefined) throw notAllowed('POST');
        exchange.send(201, server.createUnder(resource, named, subresource, body, exchange.caller));
        return;
      case 'DELETE': {
        if (subresource !== undefined) throw noSuchPath();
        const { object, isGone } = server.delete(resource, named, exchange.deletion(body), exchange.caller);
        const { uid } = object.metadata;
        const details = { name, ...(resource.group !== '' && { group: resource.group }), kind: resource.plural, uid };
        exchange.send(200, isGone && resource.id !== '/pods' ? success(200, details) : object);
        return;
      }
      default:
        throw notAllowed(exchange.method);
    }
  }

  private sendObject(
    exchange: Exchange,
    code: number,
    resource: ServedResource,
    object: object,
    subresource?: string,
  ): void {
    const { form } = exchange;
    if (form.as === 'whole' || subresource !== undefined) exchange.send(code, object);
    else if (form.as === 'metadata') exchange.send(code, partialOf(object, form.apiVersion));
    else {
      const { resourceVersion } = (object as Stored).metadata;
      exchange.send(code, tableOf(resource, [object], { resourceVersion }, this.options.server.core.clock.now(), form));
    }
  }
}

/** Of Kubernetes' own objects the path says what they are. */
function requireKind(resource: ServedResource, body: unknown): void {
  if (!resource.custom || record(body)['kind'] !== undefined) return;
  throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing`);
}

function listOf(resource: ServedResource, metadata: object, items: readonly object[]): object {
  const bare = ({ apiVersion: _, kind: __, ...rest }: Json): Json => rest;
  // The list says of what kind Kubernetes' own objects are.
  const shown = resource.custom ? items : items.map((one) => bare(one as Json));
  return { kind: resource.listKind, apiVersion: apiVersionOf(resource), metadata, items: shown };
}
