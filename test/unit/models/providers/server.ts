import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** JSON to answer with; with a `status`, `headers` or `text` that instead; `hang`: nothing, until told. */
export type Answer = (request: Asked) => unknown;

export interface Server {
  readonly url: string;
  readonly paths: string[];
  readonly asked: Asked[];
  nextRequest(): Promise<void>;
  answerOpen(json: unknown): void;
  close(): Promise<void>;
}

/** A real server on a free port of this machine. */
export async function startServer(answer: Answer): Promise<Server> {
  const asked: Asked[] = [];
  const paths: string[] = [];
  let open: http.ServerResponse[] = [];
  let waiting: (() => void)[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      asked.push({ path, headers, body: Buffer.concat(chunks).toString() });
      paths.push(path);
      give(response, answer(asked.at(-1)!));
      waiting.splice(0).forEach((told) => told());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let closed = false;

  function give(response: http.ServerResponse, what: unknown): void {
    if (what === 'hang') {
      open.push(response);
      return;
    }
    const {
      status = 200,
      headers = {},
      text,
    } = what as {
      status?: number;
      headers?: http.OutgoingHttpHeaders;
      text?: string;
    };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(text ?? JSON.stringify(what));
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    asked,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    answerOpen: (json) => {
      for (const response of open.splice(0)) {
        give(response, json);
      }
    },
    close: async () => {
      if (!closed) {
        closed = true;
        open = [];
        waiting = [];
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
