import { commandFiles } from './build/command.js';
import { declarationFiles } from './build/declarations.js';
import { ENTRIES } from './build/entries.js';
import { libraryFiles } from './build/library.js';
import { licenseTexts } from './build/licenses.js';
import { replaceFolder } from './build/output.js';

// dist/bin and dist/chunks: the command. dist/lib: the library. Why they differ: docs/decisions/0009-library-format.md.
const [command, library] = await Promise.all([commandFiles(), libraryFiles(ENTRIES, 'dist/lib')]);
await replaceFolder('dist', [
  ...command.files,
  ...library.files,
  ...declarationFiles(ENTRIES, 'dist/lib'),
  { path: 'dist/THIRD-PARTY-LICENSES.txt', content: licenseTexts([command.metafile, library.metafile]) },
]);
