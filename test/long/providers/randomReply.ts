import type { Break, Reply } from '../../support/loopbackProvider.ts';
import { errorBody, errorEvent, type Phase, type Shape } from '../../support/loopbackShapes.ts';
import { retryAfterHeaders } from '../../support/loopbackLimits.ts';

/** A reply made by chance, and what a call must come to. */
export interface RandomReply {
  readonly reply: Reply;
  /** `right`: the whole answer, nothing else. `never`: no answer. `perhaps`: either, but if an answer, the whole. */
  readonly answer: 'right' | 'never' | 'perhaps';
  readonly text: string;
}

const PHASES: readonly Phase[] = ['head', 'start', 'torn', 'middle', 'finish', 'end'];
const INSIDE = ['start', 'torn', 'middle', 'finish'] as const;
const BREAKS: readonly Break[] = ['hang', 'close', 'half-close', 'reset'];
const STATUSES = [
  400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 501, 502, 503, 504, 520, 529,
];
const TYPES = [
  'text/html',
  'text/plain',
  'application/json',
  'application/octet-stream',
  'image/png',
];
const ALPHABET = ['a', 'Z', ' ', 'ü', '日', '👩‍👩‍👧', '\u2028', '\\', '"', '\n', '{', '﷽', '𝒳'];

export function randomReply(shape: Shape, random: () => number): RandomReply {
  const below = (n: number): number => Math.floor(random() * n);
  const one = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const text = `x${Array.from({ length: below(120) }, () => one(ALPHABET)).join('')}.`;
  const spread: Reply = {
    ...(random() < 0.4 ? { writeBytes: 1 + below(60) } : {}),
    answer: { text, ...(random() < 0.2 ? { usage: undefined } : {}) },
  };
  const garbage = (): Buffer =>
    Buffer.concat([
      Buffer.from(Array.from({ length: below(300) }, () => below(256))),
      Buffer.from('\n\n'),
    ]);
  switch (below(8)) {
    case 0:
    case 1:
      return { reply: spread, answer: 'right', text };
    case 2: {
      const at = one(PHASES);
      const how = one(at === 'head' ? BREAKS.filter((each) => each !== 'close') : BREAKS);
      const whole = how === 'close' || how === 'hang' ? 'right' : 'perhaps';
      const { writeBytes: _, ...quick } = spread;
      return {
        reply: { ...quick, breaks: { at, how } },
        answer: at === 'end' ? whole : 'never',
        text,
      };
    }
    case 3: {
      const status = one(STATUSES);
      const body = one([
        undefined,
        '',
        'nonsense',
        '<html></html>',
        '[]',
        'null',
        JSON.stringify(errorBody(shape, one(STATUSES))),
        garbage(),
      ]);
      const headers = retryAfterHeaders(
        one(['seconds', 'milliseconds', 'date', 'none', 'junk'] as const),
        below(90_000),
      );
      return {
        reply: { status, headers, ...(body === undefined ? {} : { body }) },
        answer: 'never',
        text,
      };
    }
    case 4:
      return {
        reply: { ...spread, inject: { at: one(INSIDE), bytes: errorEvent(shape, one(STATUSES)) } },
        // Put into an event it may be no event at all.
        answer: 'perhaps',
        text,
      };
    case 5:
      return {
        reply: { ...spread, inject: { at: one(INSIDE), bytes: garbage() } },
        answer: 'perhaps',
        text,
      };
    case 6:
      return {
        reply: {
          body: one([
            '',
            '\n',
            'data: {}\n\n',
            'data: []\n\n',
            'data: [DONE]\n\n',
            garbage(),
            garbage(),
          ]),
          ...(random() < 0.4 ? { headers: { 'content-type': one(TYPES) } } : {}),
        },
        answer: 'never',
        text,
      };
    default:
      return {
        reply: {
          answer: { text: random() < 0.3 ? '' : text, end: one(['length', 'refusal'] as const) },
        },
        answer: 'never',
        text,
      };
  }
}
