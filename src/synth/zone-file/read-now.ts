import type { Kind } from '../../api/check.js';
import type { CompiledSchema } from '../../api/compiled-schema.js';
import * as gameDeployment from '../../api/generated/validators/game-deployment.js';
import * as gameStatefulSet from '../../api/generated/validators/game-stateful-set.js';
import * as gameZone from '../../api/generated/validators/game-zone.js';
import * as hookTemplate from '../../api/generated/validators/hook-template.js';
import { checkHookUse } from '../../hooks/arguments.js';
import { checkHookTemplate } from '../../hooks/template.js';
import { checkUpdateStrategy } from '../../rollout/steps.js';
import { judgeZoneFiles, openZoneFiles } from './read.js';
import type { ReadResult, ZoneFile } from './read.js';
import type { Rules } from './rules.js';

const RULES: Rules = {
  hooks: { checkHookTemplate, checkHookUse },
  updates: {
    checkUpdateStrategy,
    schemas: { GameStatefulSet: gameStatefulSet, GameDeployment: gameDeployment },
  },
};

/** The schemas of every kind of ours that a zone becomes. */
export const OBJECT_SCHEMAS: ReadonlyMap<Kind, CompiledSchema> = new Map<Kind, CompiledSchema>([
  ['GameStatefulSet', gameStatefulSet],
  ['GameDeployment', gameDeployment],
  ['HookTemplate', hookTemplate],
]);

/** `readZoneFiles` for programs that cannot wait: every rule is loaded with this module. */
export const readZoneFilesNow = (files: readonly ZoneFile[]): ReadResult =>
  judgeZoneFiles(openZoneFiles(files, gameZone), RULES);
