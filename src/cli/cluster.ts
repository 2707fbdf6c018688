import { AccessError } from '../kube/access-error.js';
import { connect, type Connection } from '../kube/connect.js';
import { UserError } from '../synth/user-error.js';

/** Which cluster a command speaks to, and how fast. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Requests per second. @default no limit */
  readonly qps?: string;
  readonly burst?: string;
}

/** @throws UserError where the kubeconfig does not lead anywhere */
export function connected(options: ClusterOptions, onWarning?: (text: string) => void): Connection {
  const { kubeconfig, context, qps, burst } = options;
  const perSecond = qps === undefined ? 0 : countOption('--qps', qps);
  try {
    return connect({
      userAgent: 'gamezone',
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
      ...(perSecond > 0 && {
        rate: { perSecond, burst: burst === undefined ? 2 * perSecond : countOption('--burst', burst) },
      }),
      ...(onWarning && { onWarning }),
    });
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    throw new UserError(error.message, { ...(error.hint !== undefined && { hint: error.hint }), cause: error });
  }
}

/** A whole number from 1 on. */
export function countOption(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,7}$/.test(text) || value < 1)
    throw new UserError(`${name} ${text}: not a number of things`, { hint: 'use a whole number from 1 on' });
  return value;
}

/** 0 leaves the choice to the system. */
export function portOption(name: string, text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UserError(`${name} ${text}: not a port`, { hint: 'use a number from 0 to 65535' });
  return Number(text);
}
