import { existsSync, readlinkSync } from 'node:fs';
import fs from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Enclosure, ShutInPlace } from './enclosure.ts';
import { quickProgram } from './quickProgram.ts';

/**
 * A command that does what it may and tries what it must not, and says what went well. The words of its report are
 * parts of `EXPECTED`, or of a break-out. `bash` alone can connect without another program; where it is missing, the
 * network is known to be another one by its name.
 */
const SCRIPT = `
(printf in > "$CANARY_COPY/in") 2>/dev/null && echo wrote-copy
(printf in > "$CANARY_SCRATCH/in") 2>/dev/null && echo wrote-scratch
(printf out > "$CANARY_OUTSIDE/out") 2>/dev/null && echo wrote-outside
(read -r _ < "$CANARY_OUTSIDE/secret") 2>/dev/null && echo read-outside
(read -r _ < "$CANARY_HOME") 2>/dev/null && echo read-home
test -w /proc/sys/kernel/core_pattern && echo wrote-system
bash -c ': > "/dev/tcp/127.0.0.1/$CANARY_PORT"' 2>/dev/null && echo connected
echo "network $(readlink /proc/self/ns/net 2>/dev/null)"
exit 0
`;

const EXPECTED = ['wrote-copy', 'wrote-scratch'] as const;

/** What each word of the report says, when it must not be there. */
const BREAKS: Readonly<Record<string, string>> = {
  'wrote-outside': 'it let a command write outside its folders',
  'wrote-system': 'it let a command change settings of the kernel',
  'read-outside': 'it let a command read outside its folders',
  'read-home': 'it let a command read a file of the home folder',
  connected: 'it let a command connect to this machine',
};

export interface CanaryPlace {
  readonly clock: Clock;
  /** The host's; only its `PATH` reaches the canary. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute: where its folders are made. */
  readonly temporary: string;
  /** Absolute; `undefined`: there is none. */
  readonly home: string | undefined;
}

/** Tries a sandbox. Resolves with why it cannot be relied on, as the end of a sentence; `undefined`: it can. */
export async function tryToBreakOut(
  enclosureFor: (place: ShutInPlace) => Enclosure,
  place: CanaryPlace,
): Promise<string | undefined> {
  const root = await fs.mkdtemp(path.join(await fs.realpath(place.temporary), 'sluice-canary-'));
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  let connections = 0;
  try {
    const folder = path.join(root, 'copy');
    const scratch = path.join(root, 'scratch');
    const outside = path.join(root, 'outside');
    await Promise.all([folder, scratch, outside].map((at) => fs.mkdir(at)));
    await fs.writeFile(path.join(outside, 'secret'), 'secret\n');
    const environment = {
      PATH: place.environment['PATH'] ?? '',
      CANARY_COPY: folder,
      CANARY_SCRATCH: scratch,
      CANARY_OUTSIDE: outside,
      CANARY_HOME: (await someFileIn(place.home)) ?? path.join(outside, 'secret'),
      CANARY_PORT: String(await listening(server)),
    };
    const marker = `canary:${path.basename(root)}`;
    const shutIn = await enclosureFor({ folder, scratch }).shutIn(
      ['sh', '-c', SCRIPT],
      environment,
      marker,
    );
    if (!shutIn.ok) {
      return 'message' in shutIn.error ? shutIn.error.message : 'there is no `sh`';
    }
    const made = shutIn.value;
    const { code, out, error } = await quickProgram(made.argv, {
      environment: made.environment,
      clock: place.clock,
      handed: made.handed,
      folder,
    });
    await made.end();
    const broken = breakOf(out, connections > 0 || existsSync(path.join(outside, 'out')));
    return code === 0 ? broken : (broken ?? lastLine(error));
  } finally {
    server.close();
    await fs.rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function breakOf(report: string, hasLeftTraces: boolean): string | undefined {
  const words = report.split('\n').map((line) => line.trim());
  const said = words.find((word) => Object.hasOwn(BREAKS, word));
  if (said !== undefined) {
    return BREAKS[said];
  }
  const missing = EXPECTED.find((word) => !words.includes(word));
  if (missing !== undefined) {
    return 'a command in it could not write its own folders';
  }
  const network = words.find((word) => word.startsWith('network '))?.slice('network '.length);
  return hasLeftTraces || (network !== undefined && network !== '' && network === ownNetwork())
    ? 'a command in it was not shut in'
    : undefined;
}

function ownNetwork(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return undefined;
  }
}

/** Nothing is put there for it: any file will do that is there and can be read. */
async function someFileIn(home: string | undefined): Promise<string | undefined> {
  for (const entry of home === undefined
    ? []
    : await fs.readdir(home, { withFileTypes: true }).catch(() => [])) {
    const at = path.join(home ?? '', entry.name);
    const canBeRead = () =>
      fs.access(at, fs.constants.R_OK).then(
        () => true,
        () => false,
      );
    if (entry.isFile() && (await canBeRead())) {
      return at;
    }
  }
  return undefined;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
