import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { plainModelName } from '../../domain/servedModel.ts';
import { fetchJson } from './fetchJson.ts';
import { isEmbedding } from './localServers.ts';
import type { Provider } from './providers.ts';

// Whether a server on the user's own machine turns texts into vectors with a model. Its usual ways of telling are
// asked; a server that does not tell is believed when it does.

export type LocalEmbedder =
  /** `room`: tokens it takes in, as far as the server tells. */
  | { readonly kind: 'embeds'; readonly model: string; readonly room: number | undefined }
  /** A model for conversations, or for something else. */
  | { readonly kind: 'other' }
  | { readonly kind: 'absent'; readonly has: readonly string[] }
  | { readonly kind: 'no-answer' };

const names = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      type: z.string().optional(),
      max_context_length: z.number().optional(),
      max_model_len: z.number().optional(),
    }),
  ),
});
const ollamaNames = z.object({ models: z.array(z.object({ name: z.string() })) });
const ollamaShown = z.object({
  capabilities: z.array(z.string()).optional(),
  parameters: z.string().optional(),
  model_info: z.record(z.string(), z.unknown()).optional(),
});

/** To connect and to answer, in milliseconds: it is this machine. */
const TIMEOUT_MS = 800;

/** Costs nothing. Rejects only with the signal's reason. */
export async function localEmbedder(
  provider: Provider,
  model: string,
  fetchFunction: typeof fetch,
  clock: Clock,
  signal: AbortSignal,
): Promise<LocalEmbedder> {
  const root = provider.baseURL.replace(/\/v1$/, '');
  const ask = async (url: string, body?: unknown): Promise<unknown> => {
    const request = { url, timeoutMs: TIMEOUT_MS, ...(body === undefined ? {} : { body }) };
    const answer = await fetchJson(fetchFunction, clock, request, signal);
    return answer.body;
  };
  try {
    return provider.local === 'ollama'
      ? await ofOllama(root, model, ask)
      : await ofOpenAi(provider.baseURL, root, model, ask);
  } catch {
    signal.throwIfAborted();
    return { kind: 'no-answer' };
  }
}

type Ask = (url: string, body?: unknown) => Promise<unknown>;

async function ofOllama(root: string, model: string, ask: Ask): Promise<LocalEmbedder> {
  const { models } = ollamaNames.parse(await ask(`${root}/api/tags`));
  const has = models.map(({ name }) => name);
  const found = named(model, has);
  if (found === undefined) {
    return { kind: 'absent', has: has.filter(isEmbedding) };
  }
  const shown = ollamaShown.parse(await ask(`${root}/api/show`, { model: found }));
  // A server too old to tell what a model can.
  const embeds = shown.capabilities?.includes('embedding') ?? isEmbedding(found);
  return embeds ? { kind: 'embeds', model: found, room: ollamaRoom(shown) } : { kind: 'other' };
}

function ollamaRoom({
  parameters = '',
  model_info = {},
}: z.infer<typeof ollamaShown>): number | undefined {
  const trained = Object.entries(model_info)
    .filter(([name]) => name.endsWith('.context_length'))
    .map(([, value]) => value);
  const given = /^\s*num_ctx\s+(\d+)\s*$/m.exec(parameters)?.[1];
  return least([...trained, given === undefined ? undefined : Number(given)]);
}

async function ofOpenAi(
  baseURL: string,
  root: string,
  model: string,
  ask: Ask,
): Promise<LocalEmbedder> {
  const { data } = (await lmStudioNames(root, ask)) ?? names.parse(await ask(`${baseURL}/models`));
  const found = data.find(({ id }) => plainModelName(id) === plainModelName(model));
  if (found === undefined) {
    const embedding = data.filter(({ id, type }) => type === 'embeddings' || isEmbedding(id));
    return { kind: 'absent', has: embedding.map(({ id }) => id) };
  }
  return found.type === undefined || found.type === 'embeddings'
    ? {
        kind: 'embeds',
        model: found.id,
        room: least([found.max_context_length, found.max_model_len]),
      }
    : { kind: 'other' };
}

/** LM Studio tells of each model what it is for, at an address of its own; others have none. */
async function lmStudioNames(root: string, ask: Ask): Promise<z.infer<typeof names> | undefined> {
  const read = names.safeParse(await ask(`${root}/api/v0/models`).catch(() => undefined));
  return read.success ? read.data : undefined;
}

function named(model: string, has: readonly string[]): string | undefined {
  return has.find((one) => plainModelName(one) === plainModelName(model));
}

function least(told: readonly unknown[]): number | undefined {
  const numbers = told.filter((one): one is number => typeof one === 'number' && one > 0);
  return numbers.length === 0 ? undefined : Math.min(...numbers);
}
