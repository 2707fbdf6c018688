import type { Cluster } from '../runner/cluster.js';
import { Session } from '../runner/session.js';
import { Stage } from './stage.js';

/** A scenario that runs, with controllers of ours. */
export class StageSession extends Session {
  readonly stage: Stage;

  constructor(cluster: Cluster, namespace: string) {
    super(cluster, namespace);
    this.stage = new Stage(cluster, namespace);
  }
}

/** @throws TypeError where there is no stage */
export function stageOf(session: Session): Stage {
  if (session instanceof StageSession) return session.stage;
  throw new TypeError('this needs a stage with controllers');
}
