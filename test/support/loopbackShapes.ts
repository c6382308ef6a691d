// What providers' streams look like, event by event: enough of each protocol for its official adapter.

export type Shape = 'anthropic' | 'openai-chat' | 'openai-responses' | 'google';

export const SHAPES: readonly Shape[] = ['anthropic', 'openai-chat', 'openai-responses', 'google'];

export interface LoopbackAnswer {
  readonly text: string;
  readonly thought?: string;
  readonly toolCalls?: readonly {
    readonly id: string;
    readonly name: string;
    /** As it is written, JSON or not. Google sends arguments as JSON only: what is none goes as a text. */
    readonly input: string;
  }[];
  /** The model that says it answered; `undefined`: the response does not say. */
  readonly served: string | undefined;
  /** `undefined`: the provider does not count. */
  readonly usage: { readonly input: number; readonly output: number } | undefined;
  readonly end: 'stop' | 'length' | 'refusal';
}

/**
 * Where in a response something happens: before its first byte, before the first word, in the middle of an event in
 * the middle of the answer, between two events there, before the event that ends it, after that event.
 */
export type Phase = 'head' | 'start' | 'torn' | 'middle' | 'finish' | 'end';

export interface ShapedBody {
  readonly bytes: Buffer;
  /** Where in `bytes` each phase is. */
  readonly at: Readonly<Record<Exclude<Phase, 'head'>, number>>;
}

/** The stream of an answer in pieces of a few characters. */
export function shapedBody(shape: Shape, answer: LoopbackAnswer): ShapedBody {
  const { start, middle, finish, end } = EVENTS[shape](answer);
  const half = middle.length >> 1;
  const sizes = [start, middle.slice(0, half), middle.slice(half), finish, end].map((events) =>
    Buffer.byteLength(events.join('')),
  );
  const [head = 0, first = 0, second = 0, last = 0] = sizes;
  const begun = head + first;
  return {
    bytes: Buffer.from([...start, ...middle, ...finish, ...end].join('')),
    at: {
      start: head,
      middle: begun,
      torn: begun + Math.min(20, second >> 1),
      finish: begun + second,
      end: begun + second + last,
    },
  };
}

interface Events {
  readonly start: readonly string[];
  readonly middle: readonly string[];
  readonly finish: readonly string[];
  readonly end: readonly string[];
}

const EVENTS: Readonly<Record<Shape, (answer: LoopbackAnswer) => Events>> = {
  anthropic: anthropicEvents,
  'openai-chat': chatEvents,
  'openai-responses': responsesEvents,
  google: googleEvents,
};

function pieces(text: string): readonly string[] {
  return text.match(/[\s\S]{1,7}/gu) ?? [];
}

export function sse(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function named(value: { readonly type: string }): string {
  return `event: ${value.type}\n${sse(value)}`;
}

function anthropicEvents(answer: LoopbackAnswer): Events {
  let index = 0;
  const block = (content: object, deltas: readonly object[]): readonly string[] => {
    const at = index++;
    return [
      named({ type: 'content_block_start', index: at, content_block: content } as never),
      ...deltas.map((delta) => named({ type: 'content_block_delta', index: at, delta } as never)),
      named({ type: 'content_block_stop', index: at } as never),
    ];
  };
  const thought = answer.thought ?? '';
  const stop = { stop: 'end_turn', length: 'max_tokens', refusal: 'refusal' }[answer.end];
  const calls = answer.toolCalls ?? [];
  return {
    start: [
      named({
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          ...(answer.served === undefined ? {} : { model: answer.served }),
          content: [],
          usage: { input_tokens: answer.usage?.input ?? 0, output_tokens: 0 },
        },
      } as never),
      named({ type: 'ping' }),
    ],
    middle: [
      ...(thought === ''
        ? []
        : block({ type: 'thinking', thinking: '' }, [
            ...pieces(thought).map((thinking) => ({ type: 'thinking_delta', thinking })),
            { type: 'signature_delta', signature: 'c2lnbmVk' },
          ])),
      ...(answer.text === ''
        ? []
        : block(
            { type: 'text', text: '' },
            pieces(answer.text).map((text) => ({ type: 'text_delta', text })),
          )),
      ...calls.flatMap(({ id, name, input }) =>
        block(
          { type: 'tool_use', id, name, input: {} },
          pieces(input).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
        ),
      ),
    ],
    finish: [
      named({
        type: 'message_delta',
        delta: { stop_reason: calls.length > 0 && answer.end === 'stop' ? 'tool_use' : stop },
        usage: { output_tokens: answer.usage?.output ?? 0 },
      } as never),
      named({ type: 'message_stop' }),
    ],
    end: [],
  };
}

function chatEvents(answer: LoopbackAnswer): Events {
  const base = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    ...(answer.served === undefined ? {} : { model: answer.served }),
  };
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    sse({ ...base, choices: [{ index: 0, delta, finish_reason }] });
  const calls = answer.toolCalls ?? [];
  const stop = { stop: 'stop', length: 'length', refusal: 'content_filter' }[answer.end];
  return {
    start: [chunk({ role: 'assistant', content: '' })],
    middle: [
      ...pieces(answer.text).map((content) => chunk({ content })),
      ...calls.flatMap(({ id, name, input }, index) => [
        chunk({
          tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
        }),
        ...pieces(input).map((text) =>
          chunk({ tool_calls: [{ index, function: { arguments: text } }] }),
        ),
      ]),
    ],
    finish: [chunk({}, calls.length > 0 && answer.end === 'stop' ? 'tool_calls' : stop)],
    end: [
      ...(answer.usage === undefined
        ? []
        : [
            sse({
              ...base,
              choices: [],
              usage: {
                prompt_tokens: answer.usage.input,
                completion_tokens: answer.usage.output,
                total_tokens: answer.usage.input + answer.usage.output,
              },
            }),
          ]),
      'data: [DONE]\n\n',
    ],
  };
}

function responsesEvents(answer: LoopbackAnswer): Events {
  let sequence_number = 0;
  const event = (type: string, rest: object): string =>
    named({ type, sequence_number: sequence_number++, ...rest } as never);
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_760_000_000,
    model: answer.served ?? '',
  };
  const usage =
    answer.usage === undefined
      ? null
      : {
          input_tokens: answer.usage.input,
          output_tokens: answer.usage.output,
          total_tokens: answer.usage.input + answer.usage.output,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens_details: { reasoning_tokens: 0 },
        };
  const incomplete = { stop: undefined, length: 'max_output_tokens', refusal: 'content_filter' }[
    answer.end
  ];
  const item = { type: 'message', id: 'msg_1', role: 'assistant', content: [] };
  const start = [event('response.created', { response })];
  const middle = [
    ...(answer.text === ''
      ? []
      : [
          event('response.output_item.added', { output_index: 0, item }),
          ...pieces(answer.text).map((delta) =>
            event('response.output_text.delta', {
              item_id: 'msg_1',
              output_index: 0,
              content_index: 0,
              delta,
            }),
          ),
          event('response.output_item.done', { output_index: 0, item }),
        ]),
    ...(answer.toolCalls ?? []).flatMap(({ id, name, input }, n) => {
      const call = { type: 'function_call', id: `fc_${n}`, call_id: id, name };
      return [
        event('response.output_item.added', {
          output_index: n + 1,
          item: { ...call, arguments: '' },
        }),
        ...pieces(input).map((delta) =>
          event('response.function_call_arguments.delta', {
            item_id: `fc_${n}`,
            output_index: n + 1,
            delta,
          }),
        ),
        event('response.output_item.done', {
          output_index: n + 1,
          item: { ...call, arguments: input, status: 'completed' },
        }),
      ];
    }),
  ];
  return {
    start,
    middle,
    finish: [
      incomplete === undefined
        ? event('response.completed', { response: { ...response, usage } })
        : event('response.incomplete', {
            response: { ...response, usage, incomplete_details: { reason: incomplete } },
          }),
    ],
    end: [],
  };
}

function googleEvents(answer: LoopbackAnswer): Events {
  const base = {
    responseId: 'r1',
    ...(answer.served === undefined ? {} : { modelVersion: answer.served }),
  };
  const chunk = (parts: readonly object[], finishReason?: string, more: object = {}): string =>
    sse({
      ...base,
      candidates: [
        {
          index: 0,
          content: { role: 'model', parts },
          ...(finishReason === undefined ? {} : { finishReason }),
        },
      ],
      ...more,
    });
  const stop = { stop: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY' }[answer.end];
  return {
    start: [sse({ ...base, usageMetadata: {} })],
    middle: [
      ...pieces(answer.thought ?? '').map((text) => chunk([{ text, thought: true }])),
      ...pieces(answer.text).map((text) => chunk([{ text }])),
      ...(answer.toolCalls ?? []).map(({ name, input }) =>
        chunk([{ functionCall: { name, args: argumentsOf(input) }, thoughtSignature: 'c2ln' }]),
      ),
    ],
    finish: [
      chunk(
        [],
        stop,
        answer.usage === undefined
          ? {}
          : {
              usageMetadata: {
                promptTokenCount: answer.usage.input,
                candidatesTokenCount: answer.usage.output,
                totalTokenCount: answer.usage.input + answer.usage.output,
              },
            },
      ),
    ],
    end: [],
  };
}

function argumentsOf(input: string): unknown {
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}

/** The error of a status, as each provider words it. */
export function errorBody(shape: Shape, status: number, message = `status ${status}`): object {
  switch (shape) {
    case 'anthropic':
      return { type: 'error', error: { type: ANTHROPIC_TYPES[status] ?? 'api_error', message } };
    case 'openai-chat':
    case 'openai-responses':
      return {
        error: {
          message,
          type: OPENAI_TYPES[status] ?? 'server_error',
          code: OPENAI_CODES[status] ?? null,
        },
      };
    case 'google':
      return { error: { code: status, message, status: GOOGLE_STATUSES[status] ?? 'INTERNAL' } };
  }
}

/** The same in the middle of a stream that began with 200. */
export function errorEvent(shape: Shape, status: number, message = `status ${status}`): string {
  const body = errorBody(shape, status, message);
  if (shape === 'openai-responses') {
    const { error } = body as { error: object };
    return named({ type: 'error', sequence_number: 99, error } as never);
  }
  return shape === 'anthropic' ? named(body as never) : sse(body);
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'invalid_request_error',
  403: 'permission_error',
  404: 'invalid_request_error',
  429: 'rate_limit_exceeded',
};

const OPENAI_CODES: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
  503: 'slow_down',
};

const GOOGLE_STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};
