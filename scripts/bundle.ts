import { declarationFiles } from './build/declarations.js';
import { ENTRIES } from './build/entries.js';
import { licenseTexts } from './build/licenses.js';
import { moduleFiles } from './build/modules.js';
import { replaceFolder } from './build/output.js';

// dist/bin: the command. dist/lib: the library. dist/chunks: what they are made of.
const { files, metafile } = await moduleFiles(ENTRIES);
await replaceFolder('dist', [
  ...files,
  ...declarationFiles(ENTRIES, 'dist/lib'),
  { path: 'dist/THIRD-PARTY-LICENSES.txt', content: licenseTexts([metafile]) },
]);
