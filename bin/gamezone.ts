#!/usr/bin/env node
import { run } from '../src/cli/program.js';

// No `await` at the top level: what is built from this is CommonJS.
void run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
