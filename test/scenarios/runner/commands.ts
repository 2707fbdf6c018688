import type { Commands } from './command.js';
import { expectCommands } from './commands/expect.js';
import { memoryCommands } from './commands/memory.js';
import { nodeCommands } from './commands/nodes.js';
import { subresourceCommands } from './commands/subresources.js';
import { watchCommands } from './commands/watch.js';
import { writeCommands } from './commands/write.js';

/** What every scenario may say. Others add their own to this. */
export const COMMANDS: Commands = {
  ...writeCommands,
  ...subresourceCommands,
  ...expectCommands,
  ...memoryCommands,
  ...watchCommands,
  ...nodeCommands,
};
