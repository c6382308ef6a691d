import { z } from 'zod';
import { unreachable } from '../../base/exhaustive.ts';
import type { Clock } from '../../base/clock.ts';
import { fetchJson } from './fetchJson.ts';
import type { Connection } from './connect.ts';
import { isEmbedding } from './localServers.ts';

// What a provider says it serves to a key. It costs nothing, and is asked only where a person chooses a model or has
// put in a key.

export interface RemoteModel {
  readonly model: string;
  /** For people; `undefined`: none but the name itself. */
  readonly title: string | undefined;
  readonly contextTokens: number | undefined;
}

export type RemoteList =
  | { readonly kind: 'listed'; readonly models: readonly RemoteModel[] }
  /** The key is not accepted. */
  | { readonly kind: 'refused'; readonly status: number }
  /** It does not answer, or with something else. */
  | { readonly kind: 'no-answer'; readonly why: string };

const TIMEOUT_MS = 15_000;

const anthropicList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      display_name: z.string().optional(),
      max_input_tokens: z.number().optional(),
    }),
  ),
});
const openAiList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      name: z.string().optional(),
      context_length: z.number().optional(),
      max_model_len: z.number().optional(),
    }),
  ),
});
const googleList = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      displayName: z.string().optional(),
      inputTokenLimit: z.number().optional(),
      supportedGenerationMethods: z.array(z.string()).optional(),
    }),
  ),
});

/** Rejects only with the signal's reason. */
export async function listRemote(
  connection: Connection,
  clock: Clock,
  signal: AbortSignal,
): Promise<RemoteList> {
  return await ask(connection, clock, signal, listPath(connection), (body) =>
    readList(connection, body),
  );
}

/** Whether a provider accepts the key. Rejects only with the signal's reason. */
export async function checkKeyAt(
  connection: Connection,
  clock: Clock,
  signal: AbortSignal,
): Promise<RemoteList> {
  // OpenRouter lists its models to everybody.
  return connection.provider.id === 'openrouter'
    ? await ask(connection, clock, signal, '/key', () => [])
    : await listRemote(connection, clock, signal);
}

async function ask(
  { provider, key, fetch: own }: Connection,
  clock: Clock,
  signal: AbortSignal,
  path: string,
  read: (body: unknown) => readonly RemoteModel[],
): Promise<RemoteList> {
  try {
    const { status, body } = await fetchJson(
      own ?? fetch,
      clock,
      {
        url: provider.baseURL + path,
        headers: { ...keyHeaders(provider.speaks, key), ...provider.headers },
        timeoutMs: TIMEOUT_MS,
      },
      signal,
    );
    if (status === 401 || status === 403 || (status === 400 && provider.speaks === 'google')) {
      return { kind: 'refused', status };
    }
    return body === undefined
      ? { kind: 'no-answer', why: `HTTP ${status}` }
      : { kind: 'listed', models: read(body) };
  } catch (thrown) {
    signal.throwIfAborted();
    return { kind: 'no-answer', why: reasonOf(thrown) };
  }
}

function listPath({ provider }: Connection): string {
  switch (provider.speaks) {
    case 'anthropic':
      return '/models?limit=1000';
    case 'google':
      return '/models?pageSize=1000';
    case 'openai':
    case 'compatible':
      return '/models';
    default:
      return unreachable(provider.speaks);
  }
}

function keyHeaders(
  speaks: Connection['provider']['speaks'],
  key: string | undefined,
): Record<string, string> {
  if (key === undefined) {
    return {};
  }
  switch (speaks) {
    case 'anthropic':
      return { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
    case 'google':
      return { 'x-goog-api-key': key };
    case 'openai':
    case 'compatible':
      return { authorization: `Bearer ${key}` };
    default:
      return unreachable(speaks);
  }
}

function readList({ provider }: Connection, body: unknown): readonly RemoteModel[] {
  switch (provider.speaks) {
    case 'anthropic':
      return anthropicList.parse(body).data.map(({ id, display_name, max_input_tokens }) => ({
        model: id,
        title: display_name,
        contextTokens: max_input_tokens,
      }));
    case 'google':
      return googleList
        .parse(body)
        .models.filter(
          ({ name, supportedGenerationMethods: methods }) =>
            (methods === undefined || methods.includes('generateContent')) && talks(name),
        )
        .map(({ name, displayName, inputTokenLimit }) => ({
          model: name.replace(/^models\//, ''),
          title: displayName,
          contextTokens: inputTokenLimit,
        }));
    case 'openai':
    case 'compatible':
      return openAiList
        .parse(body)
        .data.filter(({ id }) => talks(id))
        .map(({ id, name, context_length, max_model_len }) => ({
          model: id,
          title: name,
          contextTokens: context_length ?? max_model_len,
        }));
    default:
      return unreachable(provider.speaks);
  }
}

/** Lists hold what paints, hears and speaks too. */
function talks(model: string): boolean {
  return (
    !isEmbedding(model) &&
    !/(?:^|[-/])(?:audio|babbage|dall-e|davinci|image|imagen|live|lyria|moderation|realtime|sora|transcribe|tts|veo|whisper)(?:-|$)/i.test(
      model,
    )
  );
}

/** Without addresses and headers: those may hold a key. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof z.ZodError || thrown instanceof SyntaxError) {
    return 'what it sent is no list of models';
  }
  const { cause } = thrown as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'no answer in time';
}
