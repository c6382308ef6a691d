import fs from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../../src/core/base/clock.ts';
import type { Log } from '../../../src/core/base/log.ts';
import { environmentHost } from '../../../src/core/models/environmentHost.ts';
import { Models } from '../../../src/core/models/models.ts';
import { shapedBody } from '../../support/loopbackShapes.ts';
import type { Boundaries } from './countingDisk.ts';

// A provider that is paid for each call: it notes the call where no crash takes it back, before it answers. It speaks
// the real protocol to the real adapter; only the wire between them is not there.

/** What it answers, by how many messages it was sent: it wants a tool, then an edit, then it is done. */
const ANSWERS = [
  { text: '', toolCalls: [{ id: 'look', name: 'list', input: '{}' }] },
  {
    text: '',
    toolCalls: [
      { id: 'write', name: 'write', input: '{"path": "made.txt", "content": "made\\n"}' },
    ],
  },
  { text: 'Done.' },
];

/** Each answer adds two messages: itself, and what came of its tools. */
const turnOf = (messages: number): number => Math.min(ANSWERS.length, 1 + (messages >> 1));

/** Models whose calls are noted in `<parent>/ledger` as `call.<turn> <a word of their own>`. */
export function paidModels(parent: string, boundaries: Boundaries, clock: Clock, log: Log): Models {
  const host = environmentHost({ ANTHROPIC_API_KEY: 'a-key-for-the-test' });
  return new Models({
    host: {
      ...host,
      fetch: (_input, init) => {
        boundaries.outside('call');
        const { messages } = JSON.parse(init?.body as string) as { messages: unknown[] };
        const turn = turnOf(messages.length);
        const ledger = fs.openSync(path.join(parent, 'ledger'), 'a');
        fs.writeSync(ledger, `call.${turn} ${process.pid}-${performance.now()}\n`);
        fs.fsyncSync(ledger);
        fs.closeSync(ledger);
        boundaries.outside('answer');
        const { bytes } = shapedBody('anthropic', {
          served: 'claude-test',
          usage: { input: 10, output: 5 },
          end: 'stop',
          ...ANSWERS[turn - 1]!,
        });
        const headers = { 'content-type': 'text/event-stream' };
        return Promise.resolve(new Response(new Uint8Array(bytes), { headers }));
      },
    },
    clock,
    random: () => 0.5,
    log,
  });
}
