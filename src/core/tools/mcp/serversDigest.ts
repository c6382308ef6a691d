import path from 'node:path';
import { digestOfJson, type Digest } from '../../base/digest.ts';
import type { Agent, McpServer } from '../../domain/agent.ts';
import { isSecretName, readyServer } from './declared.ts';
import { wishesOf, type WantedServer, type WishesOptions } from './wishes.ts';

export interface ServersDigestOptions extends WishesOptions {
  /** The host's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Stands for the workspace copy, which is another for each attempt. */
const ANY_COPY = path.resolve('/workspace copy');

/**
 * Of what decides which servers the agent gets, what they are and what of them it may use. Files are read anew; no
 * server is started. Of keys and tokens only the names are in it: a new one is no other server.
 */
export async function serversDigest(agent: Agent, options: ServersDigestOptions): Promise<Digest> {
  const { wanted, problems } = await wishesOf(agent, options);
  const servers = await Promise.all(wanted.map((each) => factsOf(each, options)));
  return digestOfJson({ servers, problems });
}

async function factsOf(
  { name, references, declared }: WantedServer,
  { folder, home, environment }: ServersDigestOptions,
): Promise<unknown> {
  if (!declared.ok) {
    return { name, references, wrong: declared.error };
  }
  const env = Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [key, plainValue(key, value)]),
  );
  const variables = { workspaceFolder: ANY_COPY, home, env };
  const ready = await readyServer(declared.value, variables, folder);
  return ready.ok
    ? { name, references, folder: ready.value.folder, server: withoutSecrets(ready.value.server) }
    : { name, references, wrong: ready.error };
}

function withoutSecrets(server: McpServer): unknown {
  if (server.kind !== 'stdio') {
    // Most headers are keys, whatever their name.
    return { ...server, headers: Object.keys(server.headers).sort() };
  }
  const env = Object.entries(server.env).map(([key, value]) => [key, plainValue(key, value)]);
  return { ...server, env: Object.fromEntries(env) as unknown };
}

function plainValue<T>(name: string, value: T): T | string {
  return value !== undefined && isSecretName(name) ? `\${${name}}` : value;
}
