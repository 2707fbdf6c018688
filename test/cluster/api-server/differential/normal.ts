// What two clusters may differ in: times, versions, uids and names that they have made themselves.

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const ADDRESS = /^10\.\d+\.\d+\.\d+$/;

/** Replaces what may differ by what it is the how-manieth of, so that two runs of a script can be held together. */
export class Normal {
  private readonly uids = new Map<string, string>();
  private readonly names = new Map<string, string>();

  constructor(private readonly namespace: string) {}

  of(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return this.text(value, key);
    if (Array.isArray(value)) {
      const list = value.map((element) => this.of(element));
      return key === 'managedFields' || key === 'items' ? list.sort(byText) : list;
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value)
      .filter(([name, field]) => field !== undefined && name !== 'resourceVersion' && name !== 'message')
      // In templates, up to some version of Kubernetes; it says nothing.
      .filter(([name, field]) => !(name === 'creationTimestamp' && field === null))
      .map(([name, field]) => [this.text(name, 'key'), this.of(field, name)] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(entries);
  }

  private text(text: string, key: string): string {
    if (key === 'namespace' && text === this.namespace) return 'NAMESPACE';
    if (TIME.test(text)) return 'TIME';
    if (ADDRESS.test(text)) return 'ADDRESS';
    // A name that the server has made.
    if (/^(one|two)-[a-z0-9]{5}$/.test(text)) return this.known(this.names, text, 'name');
    return text.replaceAll(UID, (uid) => this.known(this.uids, uid, 'uid'));
  }

  private known(all: Map<string, string>, one: string, what: string): string {
    const name = all.get(one) ?? `${what}-${all.size + 1}`;
    all.set(one, name);
    return name;
  }
}

function byText(one: unknown, other: unknown): number {
  const [left, right] = [JSON.stringify(one), JSON.stringify(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}
