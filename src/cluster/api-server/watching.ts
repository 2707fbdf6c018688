import type { WatchEvent } from '../../kube/api.js';
import type { Stored } from '../../kube/objects.js';
import { shown, type ServedResource } from './catalog/served-resource.js';
import type { Core } from './core.js';
import { checkWatchOptions } from './list-options.js';
import { allObjects, selection, versionOf, type ListRequest } from './reads.js';
import { expired } from './refusal.js';
import type { Change } from './storage/collection.js';

export interface WatchRequest extends ListRequest {
  readonly timeoutSeconds?: number | undefined;
  readonly bookmarks?: boolean | undefined;
}

/** Milliseconds between bookmarks of a watch in which nothing else happens. */
const BOOKMARK_PERIOD = 60_000;
/** How long before its end a watch sends its last bookmark, milliseconds. */
const LAST_BOOKMARK = 2000;

/** What a watch tells; the bookmark after the objects that were there is marked as such. */
export type Told = WatchEvent & { readonly initialEventsEnd?: boolean };

/**
 * One watch. Events come as soon as they happen, and wait here until they are read. It costs one listener, and timers only where
 * bookmarks or an end were asked for.
 */
export class Watch {
  private readonly events: Told[] = [];
  private isOver = false;
  private isLost = false;
  private wake: (() => void) | undefined;
  private readonly cancels: (() => void)[] = [];
  private told: number;
  private cancelBookmark: (() => void) | undefined;

  /** @throws Refusal */
  constructor(
    private readonly core: Core,
    private readonly resource: ServedResource,
    request: WatchRequest,
  ) {
    const { storage, clock, availability } = core;
    const collection = core.collection(resource);
    checkWatchOptions(request, core.profile.initialEvents);
    const isSelected = selection(resource, request);
    const asked = request.resourceVersion ?? '';
    const tell = (change: Change): void => this.tell(change, isSelected);
    if (asked === '' || asked === '0' || request.sendInitialEvents) {
      this.told = storage.revision;
      for (const object of allObjects(core, resource, request)) this.events.push({ type: 'ADDED', object });
      if (request.sendInitialEvents && request.bookmarks)
        this.events.push({ type: 'BOOKMARK', resourceVersion: String(this.told), initialEventsEnd: true });
    } else {
      const from = versionOf(asked, 500);
      const oldest = Math.max(storage.compactedRevision, collection.since, availability.since);
      if (from < oldest) throw expired(`too old resource version: ${from} (${oldest})`);
      this.told = from;
      for (const change of collection.after(from)) tell(change);
    }
    this.cancels.push(
      collection.follow(tell),
      availability.onLoss(() => this.break()),
    );
    if (request.bookmarks) this.bookmarkFrom(BOOKMARK_PERIOD);
    const { timeoutSeconds } = request;
    if (timeoutSeconds !== undefined) {
      const end = timeoutSeconds * 1000;
      if (request.bookmarks && end > LAST_BOOKMARK)
        this.cancels.push(clock.after(end - LAST_BOOKMARK, () => this.bookmark()));
      this.cancels.push(clock.after(end, () => this.end()));
    }
  }

  /** The next event, or undefined when it is over. */
  async next(): Promise<Told | undefined> {
    for (;;) {
      const event = this.events.shift();
      if (event) return event;
      if (this.isOver) return undefined;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** At most so many of those that have come and were not read yet. */
  take(most: number): Told[] {
    return this.events.splice(0, most);
  }

  /** Calls back whenever there is something to read, and when it is over. */
  onEvent(wake: () => void): void {
    this.wake = () => {
      this.onEvent(wake);
    };
    if (this.events.length > 0 || this.isOver) wake();
  }

  get hasEnded(): boolean {
    return this.isOver;
  }

  /** It has ended because its server has: what was not read yet is lost. */
  get isBroken(): boolean {
    return this.isLost;
  }

  /** Ends it in order: what has come can still be read. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelBookmark?.();
    for (const cancel of this.cancels.splice(0)) cancel();
    this.wakeUp();
  }

  private break(): void {
    this.isLost = true;
    this.events.length = 0;
    this.end();
  }

  private tell({ type, object, before, revision }: Change, isSelected: (object: Stored) => boolean): void {
    if (revision <= this.told) return;
    this.told = revision;
    const is = type !== 'DELETED' && isSelected(object);
    const was = before !== undefined && isSelected(before);
    if (!is && !was) return;
    const { resource } = this;
    if (is) this.add({ type: was ? 'MODIFIED' : 'ADDED', object: shown(resource, object) });
    else this.add({ type: 'DELETED', object: shown(resource, type === 'DELETED' ? object : leaving(before!, object)) });
  }

  private bookmarkFrom(period: number): void {
    this.cancelBookmark = this.core.clock.after(period, () => {
      this.bookmark();
      if (!this.isOver) this.bookmarkFrom(period);
    });
  }

  private bookmark(): void {
    this.told = Math.max(this.told, this.core.storage.revision);
    this.add({ type: 'BOOKMARK', resourceVersion: String(this.told) });
  }

  private add(event: Told): void {
    if (this.isOver) return;
    this.events.push(event);
    this.wakeUp();
  }

  private wakeUp(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }
}

/** Who no longer is selected is shown as it was, at the version at which it left. */
function leaving(before: Stored, now: Stored): Stored {
  const { resourceVersion } = now.metadata;
  return Object.freeze({ ...before, metadata: Object.freeze({ ...before.metadata, resourceVersion }) });
}
