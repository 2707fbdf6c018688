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
  /** Objects, each with what stands before it; the first one's is cut off in the end. */
  private readonly chunks: Buffer[] = [];

  constructor(format: Format) {
    this.spelling = SPELLINGS[format];
  }

  get isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  add(manifest: Manifest): void {
    const { between, textOf } = this.spelling;
    this.chunks.push(Buffer.from(between + textOf(manifest)));
  }

  /** The content of the file. */
  content(): Buffer {
    const { start, between, end } = this.spelling;
    if (this.isEmpty) return Buffer.from(start.trimEnd() + end);
    const objects = Buffer.concat(this.chunks).subarray(Buffer.byteLength(between));
    return Buffer.concat([Buffer.from(start), objects, Buffer.from(end)]);
  }
}

/** All of them at once. */
export function emit(manifests: Iterable<Manifest>, format: Format): Buffer {
  const emitter = new Emitter(format);
  for (const manifest of manifests) emitter.add(manifest);
  return emitter.content();
}
