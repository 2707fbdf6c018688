import { Agent, request } from 'undici';
import type { WireAnswer, WireRequest } from './request.js';

/** Sends requests as they are, as nobody's library would. */
export class WireClient {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    authority: string,
    private readonly token: string,
  ) {
    this.agent = new Agent({ connect: { ca: authority }, connections: 8 });
  }

  async send({
    method,
    path,
    type = 'application/json',
    accept = 'application/json',
    body,
  }: WireRequest): Promise<WireAnswer> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      accept,
      'user-agent': 'wire/1',
      ...(body !== undefined && { 'content-type': type }),
    };
    const sent = await request(`${this.url}${path}`, {
      dispatcher: this.agent,
      method,
      headers,
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await sent.body.text();
    return { code: sent.statusCode, body: parsed(text) };
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

/** JSON, or the events of a watch, a line each, or a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const lines = text.trim().split('\n');
    try {
      return lines.map((line) => JSON.parse(line) as unknown);
    } catch {
      return text;
    }
  }
}
