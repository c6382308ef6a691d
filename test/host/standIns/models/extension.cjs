// Language models for tests, by the vendor `fake`. What one answers is written in the texts it is asked, a line each:
//
//   say: <text>           streams the text, word by word
//   repeat: <n> <text>    streams the text n times, a few milliseconds apart
//   call: <tool> <json>   calls a tool, until its result is among the messages
//   tell: <text>          as `say`, once a tool has answered; `{result}` stands for what it answered
//   wait                  says nothing more until it is cancelled
//   think: <text>         a part that is neither text nor tool call, as of models that think aloud
//   fail: blocked|not-found|no-permissions|<message>
//
// The extension's exports tell what was asked.
const vscode = require('vscode');

const EVERY_MS = 5;

/** @type {{ model: string, messages: readonly object[], tools: readonly string[], toolMode: number, cancelled: boolean }[]} */
const requests = [];

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('fake', {
      provideLanguageModelChatInformation: () => [
        model('scripted', 'Scripted'),
        model('other', 'Other'),
      ],
      provideLanguageModelChatResponse: answer,
      provideTokenCount: (_model, text) =>
        Promise.resolve(
          textOf(text)
            .split(/\s+/)
            .filter((word) => word !== '').length,
        ),
    }),
  );
  return { requests };
};

function model(id, name) {
  return {
    id,
    name,
    family: 'stand-in',
    version: '1',
    maxInputTokens: 100_000,
    maxOutputTokens: 10_000,
    capabilities: { toolCalling: true },
  };
}

async function answer({ id }, messages, { tools = [], toolMode }, progress, token) {
  const request = {
    model: id,
    messages: messages.map((message) => ({ role: message.role, text: textOf(message) })),
    tools: tools.map(({ name }) => name),
    toolMode,
    cancelled: false,
  };
  requests.push(request);
  token.onCancellationRequested(() => {
    request.cancelled = true;
  });
  const result = resultIn(messages);
  const asked = messages.filter(({ role }) => role === vscode.LanguageModelChatMessageRole.User);
  const lines = asked.flatMap((message) => plainTextOf(message).split('\n'));
  for (const line of lines) {
    const [, verb, rest = ''] = /^\s*(\w+)(?::\s*(.*))?$/.exec(line) ?? [];
    if (token.isCancellationRequested) {
      return;
    }
    if (verb === 'call' && result === undefined) {
      const [, name, input] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
      progress.report(
        new vscode.LanguageModelToolCallPart(
          `call-${requests.length}`,
          name,
          JSON.parse(input || '{}'),
        ),
      );
      return;
    }
    await perform(verb, rest, result, progress, token);
  }
}

async function perform(verb, rest, result, progress, token) {
  switch (verb) {
    case 'say':
      await say(rest, progress, token);
      break;
    case 'tell':
      if (result !== undefined) {
        await say(rest.replace('{result}', result), progress, token);
      }
      break;
    case 'repeat': {
      const [, times, text] = /^(\d+) (.*)$/.exec(rest) ?? [];
      for (let n = 0; n < Number(times) && !token.isCancellationRequested; n += 1) {
        await say(text, progress, token);
      }
      break;
    }
    case 'think':
      // Proposed still, so not in the types; VS Code takes it from any provider.
      progress.report(new vscode.LanguageModelThinkingPart(rest));
      break;
    case 'wait':
      await new Promise((resolve) => token.onCancellationRequested(resolve));
      break;
    case 'fail':
      throw failure(rest);
    default:
  }
}

async function say(text, progress, token) {
  for (const word of text.match(/\S+\s*/g) ?? []) {
    if (token.isCancellationRequested) {
      return;
    }
    progress.report(new vscode.LanguageModelTextPart(word));
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

function failure(kind) {
  switch (kind) {
    case 'blocked':
      return vscode.LanguageModelError.Blocked('The quota is used up');
    case 'not-found':
      return vscode.LanguageModelError.NotFound('There is no such model');
    case 'no-permissions':
      return vscode.LanguageModelError.NoPermissions('You may not');
    default:
      return new Error(kind);
  }
}

/** What the last tool answered; `undefined`: none has. */
function resultIn(messages) {
  const results = messages.flatMap(({ content }) =>
    content.filter((part) => part instanceof vscode.LanguageModelToolResultPart),
  );
  const last = results[results.length - 1];
  return last?.content.map((part) => part.value ?? '').join('');
}

function plainTextOf({ content }) {
  return content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
    .join('');
}

function textOf(text) {
  return typeof text === 'string'
    ? text
    : text.content
        .map((part) => {
          if (part instanceof vscode.LanguageModelToolCallPart) {
            return `[call ${part.name} ${JSON.stringify(part.input)}]`;
          }
          return part instanceof vscode.LanguageModelToolResultPart
            ? `[result ${part.content.map(({ value }) => value ?? '').join('')}]`
            : (part.value ?? '');
        })
        .join('');
}
