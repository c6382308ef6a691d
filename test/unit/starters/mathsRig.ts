import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { LoopbackProvider, type Reply, type SeenRequest } from '../../support/loopbackProvider.ts';
import { TempProject } from '../../support/project.ts';
import { BuiltPacks } from './packRig.ts';

export interface BatchSize {
  /** Of the pack's, the first. @default all 57 */
  readonly concepts?: number;
  /** Concepts that look up the same, and ask for the same relation. @default 10 */
  readonly sharedBy?: number;
}

/** As it is asked for, and as it says it is. */
export const MODEL = 'scripted';

/**
 * The pack `maths` in a repository, a language model of this machine that answers as each of its agents would, and a
 * server of lookups that its researchers ask. Dispose of it.
 */
export class MathsBatch {
  readonly project = new TempProject();
  readonly concepts: readonly string[];
  readonly provider: LoopbackProvider;
  /** What was looked up, each time somebody did. */
  readonly lookups: string[] = [];
  /** Pairs that were classified, each time. */
  readonly classified: string[] = [];
  readonly #sharedBy: number;
  readonly #server: http.Server;

  private constructor(
    concepts: readonly string[],
    sharedBy: number,
    provider: LoopbackProvider,
    server: http.Server,
  ) {
    this.concepts = concepts;
    this.#sharedBy = sharedBy;
    this.provider = provider;
    this.#server = server;
  }

  static async open({ concepts, sharedBy = 10 }: BatchSize = {}): Promise<MathsBatch> {
    const packs = new BuiltPacks();
    const told: { batch?: MathsBatch } = {};
    const provider = await LoopbackProvider.start({
      reply: (request) => told.batch?.reply(request) ?? {},
    });
    const server = http.createServer((request, response) => {
      void told.batch?.lookUp(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { files } = await packs.named('maths');
    const list = files.find(({ path }) => path.endsWith('maths/concepts.json'));
    assert.ok(list);
    const all = JSON.parse(Buffer.from(list.bytes).toString()) as readonly { name: string }[];
    const names = all.map(({ name }) => name).slice(0, concepts);
    const batch = new MathsBatch(names, sharedBy, provider, server);
    told.batch = batch;
    await packs.add('maths', batch.project.folder);
    packs.dispose();
    batch.#addLookups();
    batch.project.repository.commit();
    return batch;
  }

  get inputs(): Readonly<Record<string, string>> {
    return { concepts: JSON.stringify(this.concepts) };
  }

  async dispose(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.project.dispose();
    await this.provider.close();
  }

  /** The pack's own tool gets pages of public addresses only. */
  #addLookups(): void {
    const { port } = this.#server.address() as AddressInfo;
    const pages = { type: 'http', url: `http://127.0.0.1:${port}/mcp` };
    this.project.write('.mcp.json', JSON.stringify({ mcpServers: { pages } }));
    const file = '.sluice/agents/research.md';
    const text = fs.readFileSync(path.join(this.project.folder, file), 'utf8');
    assert.match(text, /^tools: \[fetch\]$/m);
    this.project.write(file, text.replace('tools: [fetch]', 'tools: [fetch, pages/*]'));
  }

  reply({ body }: SeenRequest): Reply {
    const { messages } = body as { readonly messages: readonly Said[] };
    const said = JSON.stringify(messages);
    const hasTools = messages.some(({ role }) => role === 'tool');
    const concept = /Concept: (.*?)\\n/.exec(said)?.[1] ?? '';
    const at = this.concepts.indexOf(concept);
    const group = Math.floor(at / this.#sharedBy);
    const says = (text: string): Reply => ({ answer: { text, served: MODEL } });
    const json = (value: object): Reply => says(JSON.stringify(value));
    const uses = (...calls: readonly (readonly [tool: string, input: object])[]): Reply => ({
      answer: {
        text: '',
        served: MODEL,
        toolCalls: calls.map(([name, input], n) => ({
          id: `call-${at}-${n}`,
          name,
          input: JSON.stringify(input),
        })),
      },
    });
    switch (AGENTS.findIndex((opening) => said.includes(opening))) {
      case 0:
        return says('## Learners\n\nThey can count.');
      case 1:
        return hasTools
          ? json({ concept, facts: [] })
          : uses(
              ['pages_search', { query: `history of ${concept}` }],
              ['pages_search', { query: `field ${group}` }],
            );
      case 2:
        return json({
          ...{ concept, summary: 's', explanation: `What ${concept} is.` },
          ...{ terms: [], results: [], abilities: ['a'] },
        });
      case 3:
        return json({
          concept,
          examples: [{ shows: 's', difficulty: 1, problem: 'p', solution: ['s'], answer: 'a' }],
        });
      case 4: {
        const [from, to] = [this.concepts[group], this.concepts[group + 1]];
        return hasTools
          ? json({ concept, requires: [], outside: [] })
          : uses(['classify-relationship', { from, to }]);
      }
      case 5:
        return json({ concept, verdict: 'accept', score: 90, problems: [] });
      case 6: {
        const pair = /\{\\"from\\":.*?\}/.exec(said)?.[0] ?? '';
        this.classified.push(pair);
        const [from, to] = ['a', 'b'];
        return json({ from, to, relation: 'prerequisite', confidence: 0.9, reason: 'It is.' });
      }
      default:
        return { status: 400 };
    }
  }

  /** Speaks as much of the protocol as is needed. */
  async lookUp(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) {
      pieces.push(piece);
    }
    const { id, method, params } = JSON.parse(Buffer.concat(pieces).toString()) as {
      readonly id?: number;
      readonly method: string;
      readonly params?: { readonly arguments?: { readonly query?: string } };
    };
    const result = (value: object) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, result: value }));
    switch (method) {
      case 'initialize':
        result({
          protocolVersion: '2025-06-18',
          capabilities: { tools: {} },
          serverInfo: { name: 'pages', version: '1' },
        });
        break;
      case 'tools/list':
        result({ tools: [SEARCH] });
        break;
      case 'tools/call': {
        const query = params?.arguments?.query ?? '';
        this.lookups.push(query);
        result({ content: [{ type: 'text', text: `What is known of ${query}.` }] });
        break;
      }
      default:
        response.writeHead(202).end();
    }
  }
}

interface Said {
  readonly role: string;
}

/** What the instructions of each begin with. */
const AGENTS = [
  'You lead a group that works out a course',
  'You are a researcher in the history',
  'You write mathematics for learners',
  'You invent examples that make learners',
  'You draw the map of a course',
  'You are the last one to read',
  'You answer one question: how is the first',
];

const SEARCH = {
  name: 'search',
  description: 'Finds pages.',
  inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
  annotations: { readOnlyHint: true, openWorldHint: true },
};
