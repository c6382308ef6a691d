// Whose model a name means, and the variable its key is usually in. Only names are known here, no values.

interface Vendor {
  readonly models: RegExp;
  /** Any of them will do, the first is named where none is there. */
  readonly keys: readonly [string, ...string[]];
}

const VENDORS: readonly Vendor[] = [
  { models: /^openrouter\//, keys: ['OPENROUTER_API_KEY'] },
  {
    models: /^(?:anthropic\/|claude\b|(?:opus|sonnet|haiku)\b)/,
    keys: ['ANTHROPIC_API_KEY'],
  },
  { models: /^(?:openai\/|gpt-|chatgpt-|codex\b|o[134](?:$|-))/, keys: ['OPENAI_API_KEY'] },
  { models: /^(?:google\/|gemini\b)/, keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] },
  { models: /^(?:mistral|codestral|devstral|magistral)\b/, keys: ['MISTRAL_API_KEY'] },
  { models: /^deepseek\b/, keys: ['DEEPSEEK_API_KEY'] },
  { models: /^(?:xai\/|grok\b)/, keys: ['XAI_API_KEY'] },
];

/** Variables of which one should hold the key for a model; `undefined`: its vendor is not known, or needs none. */
export function keysFor(model: string): readonly [string, ...string[]] | undefined {
  const name = model.trim().toLowerCase();
  return VENDORS.find(({ models }) => models.test(name))?.keys;
}
