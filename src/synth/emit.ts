import { dump } from 'js-yaml';
import type { Manifest } from '../../constructs/manifests/manifest.js';

export type Format = 'yaml' | 'json';

/** The text of one object, and what stands before, between and after the objects of a file. */
interface Spelling {
  readonly start: string;
  readonly between: string;
  readonly end: string;
  readonly textOf: (manifest: Manifest) => string;
}

const SPELLINGS: Readonly<Record<Format, Spelling>> = {
  // One document per object, quoted so that YAML 1.1 readers, Kubernetes' own among them, see the same values.
  yaml: {
    start: '',
    between: '---\n',
    end: '',
    textOf: (manifest) => dump(manifest, { noRefs: true, lineWidth: -1 }),
  },
  // A List, which kubectl takes apart again.
  json: {
    start: '{\n  "apiVersion": "v1",\n  "kind": "List",\n  "items": [\n    ',
    between: ',\n    ',
    end: '\n  ]\n}\n',
    textOf: (manifest) => JSON.stringify(manifest, undefined, 2).replaceAll('\n', '\n    '),
  },
};

/**
 * The one place where objects become text: the same objects give the same bytes, whatever the machine and the Node
 * version. Takes objects one by one and keeps only their bytes.
 */
export class Emitter {
  private readonly spelling: Spelling;
  private readonly chunks: Buffer[] = [];

  constructor(format: Format) {
    this.spelling = SPELLINGS[format];
  }

  /** How many objects were added. */
  get count(): number {
    return this.chunks.length;
  }

  add(manifest: Manifest): void {
    const { start, between, textOf } = this.spelling;
    this.chunks.push(Buffer.from((this.chunks.length === 0 ? start : between) + textOf(manifest)));
  }

  content(): Buffer {
    const { start, end } = this.spelling;
    const opened = this.chunks.length === 0 ? [Buffer.from(start.trimEnd())] : this.chunks;
    return Buffer.concat([...opened, Buffer.from(end)]);
  }
}

/** All of them at once. */
export function emit(manifests: Iterable<Manifest>, format: Format): Buffer {
  const emitter = new Emitter(format);
  for (const manifest of manifests) emitter.add(manifest);
  return emitter.content();
}
