import type { WatchEvent } from '../../../../src/kube/api.js';
import type { Command, Commands } from '../command.js';
import { NotSo } from '../failure.js';
import { valueOf } from '../value.js';

/** Seconds until the server ends the watch. It sends a bookmark two seconds before that. */
const PATIENCE = 5;

const watch: Command = {
  usage: 'watch KIND from VERSION: EVENT NAME, ...      (the first events, in their order; BOOKMARK has no name)',
  request: true,
  parse: (line) => {
    const [head, list] = line.atColon();
    const expected = list.split(',').map((one) => one.trim());
    const { kind } = head.kind();
    if (!head.takes('from')) line.fail('watch: `from` and a resourceVersion are missing');
    const from = head.next('a resourceVersion');
    head.end();
    return async (session) => {
      const events: string[] = [];
      const { namespace, cluster } = session;
      const resourceVersion = String(valueOf(from, session));
      const options = { namespace, resourceVersion, timeoutSeconds: PATIENCE, bookmarks: true };
      for await (const event of cluster.api.watch(kind.resource, options)) {
        events.push(textOf(event));
        if (events.length === expected.length) break;
      }
      if (events.join() !== expected.join())
        throw new NotSo(`these came: ${events.length === 0 ? 'none' : events.join(', ')}`);
    };
  },
};

export const watchCommands: Commands = { watch };

function textOf(event: WatchEvent): string {
  return event.type === 'BOOKMARK' ? event.type : `${event.type} ${event.object.metadata.name}`;
}
