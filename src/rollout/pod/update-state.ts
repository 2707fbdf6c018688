import type { ContainerStatus, Pod } from '../../api/pod.js';

/** The annotation in which a pod carries what was last patched into it. The seed system's name and fields, and ours beside them. */
export const UPDATE_STATE = 'inplace-update-state';

/** What a pod was patched to, and what ran in it then. */
export interface UpdateState {
  readonly revision: string;
  /** When the patch was sent, by our clock: RFC 3339. */
  readonly updateTimestamp: string;
  /** The containers whose images the patch changed. Empty for one that changed none. */
  readonly containers: readonly ContainerBefore[];
}

export interface ContainerBefore {
  readonly name: string;
  /** Empty where none ran, or one of another image may still have been on its way: then a new container proves little. */
  readonly imageID: string;
  /** Containers of this name that were seen before the patch, oldest first: what runs after it is none of them. */
  readonly containerIDs: readonly string[];
}

/** How many earlier containers a pod remembers of each name. */
const REMEMBERED = 8;

export type UpdateStateOf =
  | { readonly kind: 'none' }
  | { readonly kind: 'state'; readonly state: UpdateState }
  /** Somebody else's, or damaged: nothing can be concluded from it. */
  | { readonly kind: 'unreadable'; readonly why: string };

export function updateStateOf(pod: Pod): UpdateStateOf {
  const text = pod.metadata.annotations?.[UPDATE_STATE];
  if (text === undefined) return { kind: 'none' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', why: 'it is not JSON' };
  }
  if (!isRecord(value)) return { kind: 'unreadable', why: 'it is not a JSON object' };
  const { revision, updateTimestamp, lastContainerStatuses = {} } = value;
  if (typeof revision !== 'string' || revision === '') return { kind: 'unreadable', why: 'it names no revision' };
  if (typeof updateTimestamp !== 'string' || Number.isNaN(Date.parse(updateTimestamp)))
    return { kind: 'unreadable', why: 'its updateTimestamp is not a time' };
  if (!isRecord(lastContainerStatuses))
    return { kind: 'unreadable', why: 'its lastContainerStatuses is not an object' };
  const containers = Object.entries(lastContainerStatuses).map(([name, before]): ContainerBefore => {
    const { imageID, containerIDs } = isRecord(before) ? before : {};
    return {
      name,
      imageID: typeof imageID === 'string' ? imageID : '',
      containerIDs: Array.isArray(containerIDs) ? containerIDs.filter((id) => typeof id === 'string') : [],
    };
  });
  return { kind: 'state', state: { revision, updateTimestamp, containers } };
}

export function updateStateText({ revision, updateTimestamp, containers }: UpdateState): string {
  const lastContainerStatuses = Object.fromEntries(
    containers.map(({ name, imageID, containerIDs }) => [name, { imageID, containerIDs }]),
  );
  return JSON.stringify({ revision, updateTimestamp, lastContainerStatuses });
}

/** What is to be remembered of the containers that a patch is about to change. */
export function containersBefore(pod: Pod, names: readonly string[]): ContainerBefore[] {
  const earlier = updateStateOf(pod);
  const statuses = statusesOf(pod);
  return names.map((name) => {
    const status = statuses.get(name);
    const seen =
      earlier.kind === 'state'
        ? (earlier.state.containers.find((before) => before.name === name)?.containerIDs ?? [])
        : [];
    const now = [
      status?.containerID,
      status?.state?.terminated?.containerID,
      status?.lastState?.terminated?.containerID,
    ];
    const containerIDs = [...new Set([...seen, ...now.flatMap((id) => (id === undefined || id === '' ? [] : [id]))])];
    const imageID = status?.state?.running ? status.imageID : '';
    return { name, imageID, containerIDs: containerIDs.slice(-REMEMBERED) };
  });
}

/** For a pod that was patched to a revision, and whose own account of it is lost: nothing is known of what ran before. */
export function unknownState({ spec }: Pod, revision: string, updateTimestamp: string): UpdateState {
  const containers = spec.containers.map(({ name }) => ({ name, imageID: '', containerIDs: [] }));
  return { revision, updateTimestamp, containers };
}

/** Statuses by name; names are unique across containers and init containers. */
export function statusesOf({ status }: Pod): ReadonlyMap<string, ContainerStatus> {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return new Map(all.map((container) => [container.name, container]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
