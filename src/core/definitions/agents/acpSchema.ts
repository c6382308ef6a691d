import { z } from 'zod';
import { environment, text } from '../commonSchema.ts';

// What is read of an entry of an ACP registry; everything else in it is the registry's.

const words = z.array(text).optional().describe('Arguments behind the program.');
const env = environment.optional().describe('Environment variables of the program.');

const packaged = z.looseObject({
  package: text.describe('The package, with its version.'),
  args: words,
  env,
});

const binary = z.looseObject({
  archive: text.optional().describe('Address the archive is downloaded from.'),
  cmd: text.describe('The program in the archive.'),
  args: words,
  env,
});

export const distributionSchema = z.looseObject({
  npx: packaged.optional().describe('Started by npx.'),
  uvx: packaged.optional().describe('Started by uvx.'),
  binary: z
    .record(z.string(), binary)
    .optional()
    .describe('Programs by platform, such as linux-x86_64.'),
});

export const acpShape = {
  id: text.describe('What workflows call the agent.'),
  name: text.optional().describe('What people call it.'),
  description: text.optional().describe('What the agent does.'),
  distribution: distributionSchema.describe('How it is started.'),
};
