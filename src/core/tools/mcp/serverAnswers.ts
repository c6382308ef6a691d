import { digestOfJson, type Digest } from '../../base/digest.ts';
import { err, ok } from '../../base/result.ts';
import type { McpServer } from '../../domain/agent.ts';
import type { ToolAnswer } from '../../domain/tool.ts';
import type { Read } from '../../domain/trace.ts';
import type { JsonValue } from '../../domain/workflow.ts';
import { askAlone, type LookUp } from '../lookups.ts';
import { OUTSIDE, WHOLE_TREE } from '../looks.ts';
import * as problems from '../toolProblems.ts';
import type { McpConnection } from './connection.ts';
import type { ListedTool } from './listedTool.ts';

export interface AskedServer {
  readonly connection: Pick<McpConnection, 'call'>;
  /** Of all that decides what is asked and as whom. */
  readonly identity: Digest;
  readonly seesCopy: boolean;
}

/**
 * Answers of one server to one attempt.
 *
 * S1. Only what is of the world outside is shared: what a server can look up in the copy is another for each attempt.
 * S2. Once the attempt has done something with the server, it asks for itself: it is to see what it has done.
 */
export class ServerAnswers {
  readonly #server: AskedServer;
  readonly #lookUp: LookUp;
  #hasActed = false;

  constructor(server: AskedServer, lookUp: LookUp) {
    this.#server = server;
    this.#lookUp = lookUp;
  }

  /** Never rejects. */
  async call(
    { name, does, inputSchema, isOpenWorld }: ListedTool,
    input: JsonValue,
    signal: AbortSignal,
  ): Promise<ToolAnswer> {
    const { connection, identity, seesCopy } = this.#server;
    if (does !== 'reach') {
      this.#hasActed = true;
      return await connection.call(name, input, signal);
    }
    const isShared = (isOpenWorld ?? !seesCopy) && !this.#hasActed;
    const reads: Read[] = seesCopy && isOpenWorld !== true ? [WHOLE_TREE, OUTSIDE] : [OUTSIDE];
    const of = { tool: 'mcp', server: identity, name, schema: digestOfJson(inputSchema) };
    const lookUp = isShared ? this.#lookUp : askAlone;
    try {
      const { result, keptFrom } = await lookUp(
        { of, input },
        async (shared) => {
          // The connection ends with its attempt, whoever else waits for the answer.
          const both = AbortSignal.any([shared, signal]);
          const { text, isError } = await connection.call(name, input, both);
          return isError ? err(text) : ok(text);
        },
        signal,
      );
      const text = result.ok ? result.value : result.error;
      const kept = keptFrom === undefined ? {} : { keptFrom };
      return { text, isError: !result.ok, reads, ...kept };
    } catch (thrown) {
      if (!signal.aborted) {
        throw thrown;
      }
      return { text: problems.STOPPED, isError: true, reads };
    }
  }
}

/** A program runs in the copy, and every server on this machine is told where the copy is. */
export function seesCopy(server: McpServer): boolean {
  if (server.kind === 'stdio') {
    return true;
  }
  const { hostname } = new URL(server.url);
  return /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])\.?$/.test(hostname);
}
