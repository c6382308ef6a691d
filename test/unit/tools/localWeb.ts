import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPublicAddress } from '../../../src/core/tools/publicAddress.ts';
import type { Web } from '../../../src/core/tools/webRequest.ts';
import { ALL, type BoxChanges, type OpenBox, type ToolRig } from './toolRig.ts';

export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A web of one real server on this machine, under any name that `hosts` knows. */
export class LocalWeb {
  readonly asked: string[] = [];
  readonly #server: http.Server;
  #port = 0;
  readonly hosts = new Map<string, readonly string[]>([['site.test', ['127.0.0.1']]]);

  private constructor(answer: Answer) {
    this.#server = http.createServer((request, response) => {
      this.asked.push(`${request.headers.host ?? ''}${request.url ?? ''}`);
      answer(request, response);
    });
  }

  static async start(answer: Answer): Promise<LocalWeb> {
    const web = new LocalWeb(answer);
    await new Promise<void>((resolve) => web.#server.listen(0, '127.0.0.1', resolve));
    web.#port = (web.#server.address() as AddressInfo).port;
    return web;
  }

  url(path = '/', host = 'site.test'): string {
    return `http://${host}:${this.#port}${path}`;
  }

  /** Its address passes for a public one; all others are judged as they are. */
  get web(): Partial<Web> {
    return {
      addressesOf: (host) => {
        const found = this.hosts.get(host);
        return found === undefined
          ? Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
          : Promise.resolve(found);
      },
      isPublic: (address) => address === '127.0.0.1' || isPublicAddress(address),
    };
  }

  open(
    rig: ToolRig,
    web: Partial<Web> = this.web,
    { options, ...changes }: BoxChanges = {},
  ): Promise<OpenBox> {
    return rig.open({ tools: ALL, ...changes, options: { web, ...options } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const say =
  (body: string | Uint8Array, type = 'text/plain', headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': type, ...headers });
    response.end(body);
  };
