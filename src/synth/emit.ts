import { dump } from 'js-yaml';
import type { Manifest } from '../../constructs/manifests/manifest.js';

export type Format = 'yaml' | 'json';

const BLOCK = 1 << 18;

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
  /** Full blocks, and the one that is being filled. Few and large: a buffer for each object would be work for the collector. */
  private readonly full: Buffer[] = [];
  private block = Buffer.alloc(0);
  private filled = 0;
  isEmpty = true;

  constructor(format: Format) {
    this.spelling = SPELLINGS[format];
  }

  add(manifest: Manifest): void {
    const { start, between, textOf } = this.spelling;
    this.write((this.isEmpty ? start : between) + textOf(manifest));
    this.isEmpty = false;
  }

  /** The content of the file. */
  content(): Buffer {
    const { start, end } = this.spelling;
    if (this.isEmpty) return Buffer.from(start.trimEnd() + end);
    return Buffer.concat([...this.full, this.block.subarray(0, this.filled), Buffer.from(end)]);
  }

  private write(text: string): void {
    // No character of a string takes more than three bytes of UTF-8.
    const atMost = text.length * 3;
    if (atMost > this.block.length - this.filled) {
      this.full.push(this.block.subarray(0, this.filled));
      this.block = Buffer.allocUnsafeSlow(Math.max(atMost, BLOCK));
      this.filled = 0;
    }
    this.filled += this.block.write(text, this.filled);
  }
}

/**
 * The contents of several files as one text, piece by piece: of YAML a stream of documents, of JSON a single List, since one
 * List after another is no JSON.
 */
export function joined(contents: readonly Buffer[], format: Format): Buffer[] {
  const { start, between, end } = SPELLINGS[format];
  const bodies = contents
    .map((content) => content.subarray(start.length, content.length - end.length))
    .filter((body) => body.length > 0);
  if (bodies.length === 0) return [new Emitter(format).content()];
  const pieces = bodies.flatMap((body, index) => [Buffer.from(index === 0 ? start : between), body]);
  return [...pieces, Buffer.from(end)];
}

/** All of them at once. */
export function emit(manifests: Iterable<Manifest>, format: Format): Buffer {
  const emitter = new Emitter(format);
  for (const manifest of manifests) emitter.add(manifest);
  return emitter.content();
}
