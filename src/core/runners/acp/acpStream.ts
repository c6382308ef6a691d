import type { AnyMessage, Stream } from '@agentclientprotocol/sdk';
import type { TalkingProgram } from '../../domain/runner.ts';
import { jsonLines } from '../codingAgent/jsonLines.ts';

export interface StreamEvents {
  /** Bytes have come. */
  heard(): void;
  /** A line that is none of the protocol's. */
  stray(text: string): void;
  /** A message, before it is acted on. */
  passing(message: Readonly<Record<string, unknown>>): void;
}

/**
 * The program's pipes as a stream of messages. Unlike the SDK's own it takes stray lines for what they are: `npx`, and
 * agents that warn of something, print them where only messages belong, and an answer to them confuses both sides.
 */
export function acpStream(
  { input, output }: Pick<TalkingProgram, 'input' | 'output'>,
  events: StreamEvents,
): Stream {
  const lines = jsonLines(output, () => events.heard());
  const readable = new ReadableStream<AnyMessage>({
    async pull(controller) {
      for (;;) {
        const next = await lines.next();
        if (next.done === true) {
          controller.close();
          return;
        }
        const line = next.value;
        if (line.kind === 'message' && line.message['jsonrpc'] === '2.0') {
          events.passing(line.message);
          controller.enqueue(line.message as unknown as AnyMessage);
          return;
        }
        events.stray(line.kind === 'stray' ? line.text : JSON.stringify(line.message));
      }
    },
  });
  const writable = new WritableStream<AnyMessage>({
    write: (message) =>
      new Promise((resolve, reject) => {
        input.write(`${JSON.stringify(message)}\n`, (error) => {
          if (error instanceof Error) {
            reject(error);
          } else {
            resolve();
          }
        });
      }),
  });
  return { readable, writable };
}
