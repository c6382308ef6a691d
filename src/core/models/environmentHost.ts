import { z } from 'zod';
import { err, ok, type Result } from '../base/result.ts';
import { DEFAULT_MODEL_SETTINGS, type ModelHost, type ModelSettings } from './modelHost.ts';
import { priceOverrideSchema } from './priceList.ts';
import { builtInProviders, keyVariable } from './providers/providers.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const webAddress = z.url({ protocol: /^https?$/ });

/** The user's own file of model settings; the settings of VS Code have the same shape. */
export const modelSettingsSchema = z.strictObject({
  models: z.array(z.string()).optional(),
  addresses: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens'),
        baseURL: webAddress,
        keyName: z.string().min(1).optional(),
        headers: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional(),
  baseURLs: z.record(z.string(), webAddress).optional(),
  concurrency: z.int().min(1).max(64).optional(),
  prices: z.record(z.string(), priceOverrideSchema).optional(),
  lookForLocal: z.boolean().optional(),
});

/** @param value parsed JSON. The error says what is wrong with which field. */
export function readModelSettings(value: unknown): Result<ModelSettings, readonly string[]> {
  const read = modelSettingsSchema.safeParse(value);
  if (!read.success) {
    return err(
      read.error.issues.map(({ path, message }) =>
        path.length === 0 ? message : `${path.join('.')}: ${message}`,
      ),
    );
  }
  const { models, addresses = [], ...others } = read.data;
  const given = Object.entries(others).filter(([, one]) => one !== undefined);
  return ok({
    ...DEFAULT_MODEL_SETTINGS,
    ...(Object.fromEntries(given) as Partial<ModelSettings>),
    defaultModels: models ?? DEFAULT_MODEL_SETTINGS.defaultModels,
    addresses: addresses.map(({ id, baseURL, keyName, headers = {} }) => ({
      id,
      baseURL,
      keyName,
      headers,
    })),
  });
}

/**
 * The terminal: keys from variables, settings from the user's file as the caller has read it, and over it
 * `SLUICE_MODEL`, one name or several with commas.
 */
export function environmentHost(
  environment: Environment,
  settings: ModelSettings = DEFAULT_MODEL_SETTINGS,
): ModelHost {
  const models = (environment['SLUICE_MODEL'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const effective = models.length === 0 ? settings : { ...settings, defaultModels: models };
  return {
    secret: (provider) => Promise.resolve(keyIn(environment, provider)),
    hosted: undefined,
    settings: () => effective,
    keysFrom: 'environment',
  };
}

function keyIn(environment: Environment, name: string): string | undefined {
  const variables = builtInProviders().find(({ id }) => id === name)?.keyVariables ?? [
    keyVariable(name),
  ];
  for (const variable of variables) {
    const value = environment[variable]?.trim();
    if (value !== undefined && value !== '') {
      return value;
    }
  }
  return undefined;
}

/** Every variable that may hold a key of a provider, for whoever hides them. */
export function keyVariables(settings: ModelSettings): readonly string[] {
  return [
    ...builtInProviders().flatMap((provider) => provider.keyVariables),
    ...settings.addresses.flatMap(({ keyName }) =>
      keyName === undefined ? [] : [keyVariable(keyName)],
    ),
  ];
}
