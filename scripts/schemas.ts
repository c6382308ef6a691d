// Writes the JSON Schemas that ship in resources/schemas from the zod schemas files are parsed with.
// `node --import tsx scripts/schemas.ts` writes them, with `--check` it fails when one is stale.

import fs from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import prettier from 'prettier';
import { contractJsonSchema } from '../src/core/debugging/contract/contractSchema.ts';
import { draftSchema } from '../src/core/drafting/answer.ts';
import { jsonSchemas } from '../src/core/definitions/jsonSchemas.ts';
import { priceListJsonSchema } from '../src/core/models/priceList.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'resources', 'schemas');
/** From there, the folder of the pack whose agents answer as schemas say. */
const BUILDERS = '../packs/builders/files/.sluice/builders';

/** Names of the schema files that do not hold what they should. */
export async function staleSchemas(): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, text] of await schemaTexts()) {
    const file = path.join(FOLDER, name);
    const written = await fs.readFile(file, 'utf8').catch(() => undefined);
    if (written !== text) {
      stale.push(name);
    }
  }
  return stale;
}

async function writeSchemas(): Promise<void> {
  await fs.mkdir(FOLDER, { recursive: true });
  for (const [name, text] of await schemaTexts()) {
    await fs.writeFile(path.join(FOLDER, name), text);
  }
}

/** By file name, formatted as the rest of the repository is. */
async function schemaTexts(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const schemas = {
    ...jsonSchemas(),
    'contract.schema.json': contractJsonSchema(),
    // Where agents of the pack are held to them, in folders that know nothing of what an extension brings along.
    [`${BUILDERS}/contract.schema.json`]: contractJsonSchema(),
    [`${BUILDERS}/todos.schema.json`]: draftSchema(),
    '../models/prices.schema.json': priceListJsonSchema(),
  };
  for (const [name, schema] of Object.entries(schemas)) {
    const file = path.join(FOLDER, name);
    const options = await prettier.resolveConfig(file);
    texts.set(name, await prettier.format(JSON.stringify(schema), { ...options, filepath: file }));
  }
  return texts;
}

const [, script, mode] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (mode === '--check') {
    const stale = await staleSchemas();
    if (stale.length > 0) {
      console.error(
        `Stale: ${stale.join(', ')}. Write them by "node --import tsx scripts/schemas.ts".`,
      );
      process.exitCode = 1;
    }
  } else {
    await writeSchemas();
  }
}
