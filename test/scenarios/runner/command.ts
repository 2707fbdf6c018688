import type { Line } from './line.js';
import type { Session } from './session.js';

/** What a line does when its turn comes. It throws NotSo where the scenario is wrong about Kubernetes. */
export type Action = (session: Session) => Promise<void>;

export interface Command {
  /** How it is written. */
  readonly usage: string;
  /** A request, which a `refused` line may follow. @default false */
  readonly request?: boolean;
  /** @throws ScenarioError */
  parse(line: Line): Action;
}

export type Commands = Readonly<Record<string, Command>>;
