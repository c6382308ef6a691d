import { z } from 'zod';
import shipped from '../../../resources/models/prices.json';

// The shape of resources/models/prices.json, the one dated list of what models cost and hold.

const DOLLARS = z.number().min(0).max(10_000);
const DAY = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2026-10-24');
const TOKENS = z.int().min(1);

const ratesShape = {
  input: DOLLARS.describe('For a million tokens that are read.'),
  output: DOLLARS.describe('For a million tokens that are written, thinking included.'),
  cachedInput: DOLLARS.optional().describe(
    'For a million tokens that were read from the provider’s cache. Left out: as `input`.',
  ),
};

const longSchema = z
  .strictObject({ aboveTokens: TOKENS, ...ratesShape })
  .describe('What the whole call costs when it reads more tokens than `aboveTokens`.');

const priceSchema = z.strictObject({
  from: DAY.optional().describe('The first day of the price, in UTC. Left out: since ever.'),
  ...ratesShape,
  long: longSchema.optional(),
});

const providerSchema = z.enum(['anthropic', 'openai', 'google']);

const modelSchema = z.strictObject({
  provider: providerSchema,
  model: z.string().min(1).describe('Without the day that a provider may add to it.'),
  alsoNamed: z.array(z.string().min(1)).optional().describe('Other names of the same model.'),
  contextTokens: TOKENS.describe('What it takes in and gives out together.'),
  prices: z.array(priceSchema).min(1).describe('The oldest first.'),
  source: z.string().describe('One of `sources`.'),
  seen: DAY.describe('The day by which the price was known.'),
  note: z.string().optional(),
});

const aliasSchema = z.strictObject({
  provider: providerSchema,
  model: z.string().min(1).describe('The newest of the family on the day of the table.'),
  family: z.string().min(1).describe('What the names of its models begin with.'),
});

export const priceListSchema = z
  .strictObject({
    $schema: z.string().optional(),
    asOf: DAY.describe('The newest `seen` in the list.'),
    note: z.string(),
    sources: z.record(z.string(), z.url()),
    aliases: z.strictObject({
      seen: DAY,
      source: z.url(),
      models: z.record(z.string(), aliasSchema),
    }),
    preferred: z
      .record(providerSchema, z.string().min(1))
      .describe('What is asked where nobody has chosen a model and there is a key.'),
    models: z.array(modelSchema),
  })
  .describe('What language models cost, in US dollars for a million tokens.');

export type PriceList = z.infer<typeof priceListSchema>;
export type ListedModel = z.infer<typeof modelSchema>;
export type ListedPrice = z.infer<typeof priceSchema>;

/** What a user says of a price; what is left out is as in the list. */
export const priceOverrideSchema = z.strictObject({
  input: DOLLARS.optional(),
  output: DOLLARS.optional(),
  cachedInput: DOLLARS.optional(),
});
export type PriceOverride = z.infer<typeof priceOverrideSchema>;

/** A test checks it against its schema, so that no program has to at each start. */
export const PRICE_LIST: PriceList = shipped as PriceList;

/** The JSON Schema in resources/models/prices.schema.json. */
export function priceListJsonSchema(): object {
  return z.toJSONSchema(priceListSchema, { io: 'input', target: 'draft-7' });
}
