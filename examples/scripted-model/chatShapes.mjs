// What a chat completion looks like on the wire, whole and as a stream of events.

/**
 * @typedef {object} ChatAnswer
 * @property {string} text
 * @property {readonly { readonly id: string, readonly name: string, readonly input: object }[]} calls
 * @property {string} model
 * @property {{ readonly input: number, readonly output: number }} tokens
 */

/** @param {ChatAnswer} answer */
export function wholeAnswer({ text, calls, model, tokens }) {
  return {
    ...headOf('chat.completion', model),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' ? null : text,
          ...(calls.length > 0 && { tool_calls: calls.map(callOf) }),
        },
        finish_reason: endOf(calls),
      },
    ],
    usage: usageOf(tokens),
  };
}

/** The events of the same as a stream, in the order they are sent. @param {ChatAnswer} answer @returns {string[]} */
export function streamedAnswer({ text, calls, model, tokens }) {
  const chunk = (delta, end = null) =>
    event({
      ...headOf('chat.completion.chunk', model),
      choices: [{ index: 0, delta, finish_reason: end }],
    });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...(text.match(/[\s\S]{1,24}/gu) ?? []).map((content) => chunk({ content })),
    ...calls.map((call, index) => chunk({ tool_calls: [{ index, ...callOf(call) }] })),
    chunk({}, endOf(calls)),
    event({
      ...headOf('chat.completion.chunk', model),
      choices: [],
      usage: usageOf(tokens),
    }),
    'data: [DONE]\n\n',
  ];
}

/** What a provider says that cannot answer. */
export function failedAnswer(message, type) {
  return { error: { message, type, param: null, code: null } };
}

function headOf(object, model) {
  return { id: 'chatcmpl-scripted', object, created: 0, model };
}

function callOf({ id, name, input }) {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function endOf(calls) {
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

function usageOf({ input, output }) {
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

function event(value) {
  return `data: ${JSON.stringify(value)}\n\n`;
}
