import type { CallFailureKind } from '../../src/core/domain/call.ts';
import { errorBody, errorEvent, type Phase, type Shape } from './loopbackShapes.ts';
import { retryAfterHeaders, type RetryAfter } from './loopbackLimits.ts';
import type { Break, Reply } from './loopbackProvider.ts';

// Everything a provider was seen to do wrong, and what a call must come to. `answered`: the whole answer, unchanged.

export interface Scenario {
  readonly name: string;
  readonly reply: (shape: Shape) => Reply;
  readonly comesTo: (shape: Shape) => readonly (CallFailureKind | 'answered')[];
}

type End = CallFailureKind | 'answered';

function scenario(
  name: string,
  reply: Reply | ((shape: Shape) => Reply),
  ...ends: readonly End[]
): Scenario {
  return {
    name,
    reply: typeof reply === 'function' ? reply : () => reply,
    comesTo: () => ends,
  };
}

const INSIDE = ['start', 'torn', 'middle', 'finish'] as const;
const MB = 1024 * 1024;

const statuses: readonly Scenario[] = (
  [
    [400, 'invalid-request'],
    [401, 'authentication'],
    [402, 'billing'],
    [403, 'permission'],
    [404, 'model-not-found'],
    [408, 'timeout'],
    [413, 'context-length'],
    [429, 'rate-limit'],
    [500, 'server-error'],
    [502, 'server-error'],
    [503, 'overloaded'],
    [504, 'server-error'],
    [529, 'overloaded'],
  ] as const
).flatMap(([status, kind]) => [
  scenario(`status ${status}`, { status }, kind),
  scenario(
    `status ${status} as a web page`,
    {
      status,
      body: `<!doctype html><html><head><title>${status}</title></head></html>`,
      headers: { 'content-type': 'text/html' },
    },
    // Who puts a page there is a gateway: the status is all that counts.
    kind,
    'malformed-output',
  ),
  scenario(`status ${status} without a word`, { status, body: '' }, kind),
]);

const waits: readonly Scenario[] = (
  [
    ['seconds', 0],
    ['seconds', 2_000],
    ['seconds', 3_600_000],
    ['milliseconds', 1_500],
    ['date', 5_000],
    ['none', 0],
    ['junk', 0],
  ] as const satisfies readonly (readonly [RetryAfter, number])[]
).map(([form, ms]) =>
  scenario(
    `429, come again: ${form} ${ms}`,
    { status: 429, headers: retryAfterHeaders(form, ms) },
    'rate-limit',
  ),
);

const breaks: readonly Scenario[] = (
  ['head', ...INSIDE, 'end'] as const satisfies readonly Phase[]
).flatMap((at) =>
  (['hang', 'close', 'half-close', 'reset'] as const satisfies readonly Break[]).flatMap((how) =>
    at === 'head' && how === 'close'
      ? []
      : [scenario(`${how} at ${at}`, { breaks: { at, how } }, ...endsOfBreak(at, how))],
  ),
);

function endsOfBreak(at: Phase, how: Break): readonly End[] {
  // After the event that ends an answer all has come; a line that breaks there may take it with it.
  const whole: readonly End[] = at === 'end' ? ['answered'] : [];
  switch (how) {
    case 'hang':
      return at === 'end' ? whole : ['timeout'];
    case 'close':
      return at === 'end' ? whole : ['truncated'];
    case 'half-close':
    case 'reset':
      return [...whole, 'network'];
  }
}

const errorsInside: readonly Scenario[] = (['start', 'middle', 'finish'] as const).flatMap((at) =>
  (
    [
      [429, ['rate-limit']],
      [503, ['overloaded', 'server-error']],
      [529, ['overloaded', 'server-error']],
      [500, ['server-error']],
    ] as const
  ).map(([status, ends]) =>
    scenario(
      `an error ${status} inside a 200 at ${at}`,
      (shape) => ({ inject: { at, bytes: errorEvent(shape, status) } }),
      ...ends,
    ),
  ),
);

const notEvents: readonly Scenario[] = [
  scenario('no byte at all', { body: '' }, 'truncated'),
  scenario('only line ends', { body: '\n\n\n\n' }, 'truncated'),
  scenario('only comments', { body: ': working\n\n: working\n\n' }, 'truncated'),
  scenario('only [DONE]', { body: 'data: [DONE]\n\n' }, 'truncated'),
  scenario(
    'a login page with status 200',
    { body: '<html><title>Log in</title></html>', headers: { 'content-type': 'text/html' } },
    'malformed-output',
  ),
  scenario('a page that calls itself a stream', { body: '<html>\n\n</html>' }, 'truncated'),
  scenario(
    'a stream that calls itself text',
    { headers: { 'content-type': 'text/plain' } },
    'malformed-output',
  ),
  scenario(
    'a stream that calls itself bytes',
    { headers: { 'content-type': 'application/octet-stream' } },
    'malformed-output',
  ),
  scenario(
    'an answer that is not a stream',
    { body: '{"choices":[]}', headers: { 'content-type': 'application/json' } },
    'malformed-output',
  ),
  scenario(
    'an error as JSON with status 200',
    (shape) => ({
      body: JSON.stringify(errorBody(shape, 429)),
      headers: { 'content-type': 'application/json' },
    }),
    'rate-limit',
  ),
  scenario(
    'random bytes',
    { body: Buffer.from('ff00fe8081c0c1f5\n\n'.repeat(64), 'hex') },
    'truncated',
  ),
  scenario(
    'an image that calls itself a stream',
    { body: Buffer.alloc(70_000, 0x89) },
    'truncated',
  ),
  ...(['start', 'middle', 'finish'] as const).flatMap((at) => [
    scenario(
      `an event that is not JSON at ${at}`,
      { inject: { at, bytes: 'data: {"a": nonsense\n\n' } },
      'malformed-output',
    ),
    scenario(
      `an event of the wrong shape at ${at}`,
      (shape) => ({ inject: { at, bytes: WRONG_SHAPE[shape] } }),
      'malformed-output',
    ),
    scenario(
      `a line of 10 MB at ${at}`,
      { inject: { at, bytes: Buffer.alloc(10 * MB, 'x') } },
      'malformed-output',
    ),
    scenario(
      `an event of 10 MB in short lines at ${at}`,
      { inject: { at, bytes: Buffer.from('data: x\n'.repeat((10 * MB) / 8)) } },
      'malformed-output',
    ),
  ]),
];

const WRONG_SHAPE: Readonly<Record<Shape, string>> = {
  anthropic: 'data: {"type":"content_block_start","index":"first"}\n\n',
  'openai-chat': 'data: {"choices":"none"}\n\n',
  'openai-responses': 'data: {"type":"response.output_text.delta","delta":7}\n\n',
  google: 'data: {"candidates":"none"}\n\n',
};

const badAnswers: readonly Scenario[] = [
  scenario('an answer at its limit of tokens', { answer: { end: 'length' } }, 'truncated'),
  scenario('a refusal', { answer: { end: 'refusal' } }, 'content-refused'),
  scenario('an empty answer', { answer: { text: '' } }, 'malformed-output'),
  scenario('an answer of spaces', { answer: { text: ' \n\t ' } }, 'malformed-output'),
  scenario(
    'only a thought',
    (shape) => ({ answer: { text: '', thought: shape.startsWith('openai') ? '' : 'Well.' } }),
    'malformed-output',
  ),
  scenario(
    'an error with its explanation cut off',
    (shape) => ({
      status: 429,
      body: JSON.stringify(errorBody(shape, 429)),
      breaks: { at: 'torn', how: 'close' },
    }),
    'rate-limit',
  ),
  scenario(
    'an error whose explanation never comes',
    (shape) => ({
      status: 529,
      body: JSON.stringify(errorBody(shape, 529)),
      breaks: { at: 'torn', how: 'hang' },
    }),
    'overloaded',
  ),
  scenario('an error of 10 MB', { status: 500, body: Buffer.alloc(10 * MB, 'x') }, 'server-error'),
];

const odd: readonly Scenario[] = [
  scenario('an answer', {}, 'answered'),
  scenario('byte by byte', { writeBytes: 1 }, 'answered'),
  scenario('three bytes at a time', { writeBytes: 3 }, 'answered'),
  scenario(
    'line ends of Windows in between',
    { inject: { at: 'middle', bytes: '\r\n\r\n' } },
    'answered',
  ),
  scenario('comments in between', { inject: { at: 'middle', bytes: ': wait\n\n' } }, 'answered'),
  scenario('a model that does not say its name', { answer: { served: undefined } }, 'answered'),
  scenario('tokens that are not counted', { answer: { usage: undefined } }, 'answered'),
  scenario('after a while', { waitMs: 5 }, 'answered'),
];

export const SCENARIOS: readonly Scenario[] = [
  ...odd,
  ...statuses,
  ...waits,
  ...breaks,
  ...errorsInside,
  ...notEvents,
  ...badAnswers,
];
