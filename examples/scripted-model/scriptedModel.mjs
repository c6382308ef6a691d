// A server on this machine that speaks as OpenAI's does and answers from a script. It is no model: whoever asks it
// something else than its script knows is told so.
import http from 'node:http';
import { failedAnswer, streamedAnswer, wholeAnswer } from './chatShapes.mjs';
import { askedIn, Scripted } from './script.mjs';

/** The name under which it is asked. */
export const SCRIPTED_MODEL = 'scripted-model';

/**
 * One request that was answered, or was not.
 * @typedef {object} SeenRequest
 * @property {string} prompt the first message of its conversation
 * @property {string} system
 * @property {number} turn answers the conversation had before, from 0
 * @property {string | undefined} trouble why there was no answer
 */

export class ScriptedModel {
  /** @type {SeenRequest[]} */
  seen = [];
  #scripted;
  #server;
  /** @type {(seen: SeenRequest) => void} */
  #onSeen;
  #sockets = new Set();

  /**
   * @param {import('./script.mjs').Script} script
   * @param {{ readonly port?: number, readonly onSeen?: (seen: SeenRequest) => void }} [options]
   */
  static async start(script, { port = 0, onSeen = () => undefined } = {}) {
    const model = new ScriptedModel(script, onSeen);
    await new Promise((resolve, reject) => {
      model.#server.once('error', reject);
      model.#server.listen(port, '127.0.0.1', () => resolve(undefined));
    });
    return model;
  }

  constructor(script, onSeen) {
    this.#scripted = new Scripted(script);
    this.#onSeen = onSeen;
    this.#server = http.createServer((request, response) => {
      this.#receive(request, response).catch((error) => {
        response.destroy(error);
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** What takes the place of a provider's address. @returns {string} */
  get baseURL() {
    return `http://127.0.0.1:${this.#server.address().port}/v1`;
  }

  /** The settings of a terminal that asks it for every agent which names no model: `models.json`. */
  get settings() {
    return {
      models: [`${SCRIPTED_MODEL}/${SCRIPTED_MODEL}`],
      addresses: [{ id: SCRIPTED_MODEL, baseURL: this.baseURL }],
      prices: { [`${SCRIPTED_MODEL}/*`]: { input: 0, output: 0 } },
      lookForLocal: false,
    };
  }

  /** How often a request came that had been there before. @returns {number} */
  get askedAgain() {
    return this.#scripted.askedAgain;
  }

  async close() {
    const closed = new Promise((resolve) => this.#server.close(() => resolve(undefined)));
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await closed;
  }

  async #receive(request, response) {
    const { pathname } = new URL(request.url ?? '/', this.baseURL);
    if (request.method === 'GET' && pathname === '/v1/models') {
      const data = [{ id: SCRIPTED_MODEL, object: 'model', created: 0, owned_by: 'nobody' }];
      return json(response, 200, { object: 'list', data });
    }
    if (request.method !== 'POST' || pathname !== '/v1/chat/completions') {
      return json(response, 404, failedAnswer(`There is nothing at ${pathname}.`, 'not_found'));
    }
    const body = await bodyOf(request);
    if (body === undefined) {
      return json(response, 400, failedAnswer('The request is not JSON.', 'invalid_request_error'));
    }
    return this.#answer(body, response);
  }

  async #answer(body, response) {
    const asked = askedIn(body);
    const turn = this.#scripted.turnFor(asked);
    const trouble = turn === undefined ? noAnswer(asked) : undefined;
    const seen = { prompt: asked.prompt, system: asked.system, turn: asked.turn, trouble };
    this.seen.push(seen);
    this.#onSeen(seen);
    if (turn === undefined) {
      return json(response, 400, failedAnswer(trouble, 'invalid_request_error'));
    }
    if (turn.waitMs !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, turn.waitMs));
    }
    if (turn.fail !== undefined) {
      const { status, retryAfter } = turn.fail;
      const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      const failed = failedAnswer(`scripted-model fails here with ${status}.`, 'server_error');
      return json(response, status, failed, headers);
    }
    const answer = {
      text: turn.say ?? '',
      calls: (turn.use ?? []).flatMap((use, index) =>
        Object.entries(use).map(([name, input]) => ({
          id: `call_${asked.turn + 1}_${index + 1}`,
          name,
          input,
        })),
      ),
      model: typeof body.model === 'string' ? body.model : SCRIPTED_MODEL,
      tokens: tokensOf(body, turn),
    };
    if (body.stream !== true) {
      return json(response, 200, wholeAnswer(answer));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    streamedAnswer(answer).forEach((event) => response.write(event));
    response.end();
  }
}

function noAnswer({ system, prompt, turn }) {
  const who = /you are the ([\w-]+)/i.exec(system)?.[1] ?? 'somebody';
  const first = prompt.trim().split('\n')[0].slice(0, 120);
  return `scripted-model is no model: its script has no answer number ${turn + 1} for the ${who}, who was asked "${first}".`;
}

/** About what a model would count: four characters a token. */
function tokensOf(body, turn) {
  const about = (value) => Math.ceil(JSON.stringify(value ?? '').length / 4);
  return { input: about(body.messages), output: about([turn.say, turn.use]) };
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
