import type { ApiServer } from '../api-server.js';
import type { ServedResource } from '../catalog/served-resource.js';
import { apiVersionOf } from '../../../kube/resource.js';
import type { Told } from '../watching.js';
import { bookmarkOf } from './bookmark.js';
import type { Exchange } from './exchange.js';
import { partialOf, tableOf } from './table.js';

/** Seconds after which a watch ends whose client has not said when. Source: --min-request-timeout of a real API server. */
const LONGEST = 1800;

/** Sends the events of a watch, a line each, until either side has enough. A slow reader lets events wait here. */
export function answerWatch(server: ApiServer, resource: ServedResource, namespace: string, exchange: Exchange): void {
  const { query, response, selection, form } = exchange;
  const timeoutSeconds = Number(query.get('timeoutSeconds') ?? LONGEST);
  const watch = server.watch(resource, {
    ...selection,
    namespace,
    timeoutSeconds: Number.isFinite(timeoutSeconds) && timeoutSeconds > 0 ? timeoutSeconds : LONGEST,
    bookmarks: query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1',
  });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' });
  response.flushHeaders();
  response.on('close', () => watch.end());
  const now = (): number => server.core.clock.now();
  const objectOf = (event: Told): object => {
    if (event.type === 'BOOKMARK') return bookmarkOf(resource.kind, apiVersionOf(resource), event);
    if (form.as === 'whole') return event.object;
    if (form.as === 'metadata') return partialOf(event.object, form.apiVersion);
    const { resourceVersion } = event.object.metadata;
    const table = tableOf(resource, [event.object], { resourceVersion }, now(), form);
    if (!isHeadTold) {
      isHeadTold = true;
      return table;
    }
    return { ...table, columnDefinitions: null };
  };
  // The columns are told of once.
  let isHeadTold = false;
  let isFull = false;
  const flush = (): void => {
    if (isFull) return;
    while (!response.writableNeedDrain) {
      const [event] = watch.take(1);
      if (event === undefined) {
        if (watch.isBroken) response.destroy();
        else if (watch.hasEnded) response.end();
        return;
      }
      response.write(`${JSON.stringify({ type: event.type, object: objectOf(event) })}\n`);
    }
    isFull = true;
    response.once('drain', () => {
      isFull = false;
      flush();
    });
  };
  watch.onEvent(flush);
}
