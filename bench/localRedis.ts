import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const PORT = 6390;
/** Milliseconds to begin in. */
const PATIENCE_MS = 5_000;

export interface LocalRedis {
  readonly port: number;
  close(): void;
}

/** One that answers on this machine, or the one that is installed, without persistence; `undefined`: there is none. */
export async function localRedis(): Promise<LocalRedis | undefined> {
  if (await answers()) {
    return { port: PORT, close: () => undefined };
  }
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const program = folders
    .map((at) => path.join(at, 'redis-server'))
    .find((at) => fs.existsSync(at));
  if (program === undefined) {
    return undefined;
  }
  const options = [
    '--port',
    String(PORT),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const server = spawn(program, options, { stdio: 'ignore' });
  const isGone = new Promise<true>((resolve) => {
    server.once('error', () => resolve(true)).once('exit', () => resolve(true));
  });
  const late = performance.now() + PATIENCE_MS;
  while (!(await answers())) {
    const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), 50));
    if ((await Promise.race([isGone, pause])) || performance.now() > late) {
      server.kill();
      return undefined;
    }
  }
  return { port: PORT, close: () => void server.kill() };
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port: PORT, host: '127.0.0.1' });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (bytes) => end(bytes.toString().startsWith('+PONG')));
    socket.once('error', () => end(false));
    socket.setTimeout(1_000, () => end(false));
  });
}
