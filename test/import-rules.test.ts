import { ESLint } from 'eslint';

// Where CI is set, typescript-eslint reads the files themselves and not the texts that it is given.
process.env['TSESTREE_SINGLE_RUN'] = 'false';

/** The rules about imports that a file of this text at this place would break. */
async function broken(place: string, text: string): Promise<(string | null)[]> {
  const eslint = new ESLint({ overrideConfigFile: 'eslint.config.js' });
  const [result] = await eslint.lintText(text, { filePath: place });
  return result!.messages.map(({ ruleId }) => ruleId).filter((rule) => rule?.includes('import'));
}

// Of files that exist, so that the parser knows them; the text is what is judged.
test.each([
  [
    'the contract knows nothing above it',
    'src/api/suggest.ts',
    "import { emit } from '../synth/emit.js'; export const x = emit;\n",
  ],
  [
    'constructs know only the contract',
    'constructs/model/ids.ts',
    "import { emit } from '../../src/synth/emit.js'; export const x = emit;\n",
  ],
  [
    'hooks know nothing of the command',
    'src/hooks/builtin.ts',
    "import { EXIT } from '../cli/exit-codes.js'; export const x = EXIT;\n",
  ],
  [
    'the library does no I/O',
    'constructs/model/ids.ts',
    "import { readFileSync } from 'node:fs'; export const x = readFileSync;\n",
  ],
])('%s', async (_, place, text) => {
  expect(await broken(place, text)).not.toEqual([]);
});

test('an import along the arrows is fine', async () => {
  const text = "import { suggest } from '../../src/api/suggest.js'; export const x = suggest;\n";
  expect(await broken('constructs/model/ids.ts', text)).toEqual([]);
});
