import type { IncomingMessage } from 'node:http';
import { load } from 'js-yaml';
import { badRequest, Refusal } from '../refusal.js';
import { readProtobuf } from './protobuf.js';

/** Bytes of a request's body. Source: the limit of a real API server. */
const LARGEST = 3 * 1024 * 1024;

/** The body of a request as JSON; undefined where there is none. @throws Refusal */
export async function readRequest(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST)
      throw new Refusal(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LARGEST}`);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const type = mediaType(request.headers['content-type']);
  if (type === 'application/vnd.kubernetes.protobuf') return bytes.length === 0 ? undefined : readProtobuf(bytes);
  const text = bytes.toString();
  if (text.trim() === '') return undefined;
  return type.includes('yaml') ? yaml(text) : json(text);
}

export function mediaType(header: string | undefined): string {
  return (header ?? 'application/json').split(';')[0]!.trim().toLowerCase();
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

function yaml(text: string): unknown {
  try {
    return load(text);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
}
