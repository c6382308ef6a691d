import * as vscode from 'vscode';
import { oneLine } from '../../core/base/text.ts';
import type { ToolAnswer } from '../../core/domain/tool.ts';
import type { JsonValue } from '../../core/domain/workflow.ts';
import type { HostedTool, HostedTools } from '../../core/tools/parts.ts';

/** Characters of an answer that go to the model. */
const LONGEST_ANSWER = 100_000;

/**
 * Tools of VS Code and of its Copilot that change files of the window's folder, or run things in it. Agents work in
 * copies and have Sluice's own for that; with these the user's checkout would change under their hands.
 */
const WORKS_IN_THE_CHECKOUT =
  /^(?:copilot_(?:apply|create|edit|insert|multiReplace|replace|run|install)|vscode_(?:edit|create)|(?:run_|create_and_run_|edit_|manage_todo|terminal_|runTests|runSubagent|run_in_terminal|install_extension))/i;

/** The tools of VS Code and its extensions, for agents that name them. */
export const hostTools: HostedTools = {
  list: () =>
    vscode.lm.tools.filter(({ name }) => !WORKS_IN_THE_CHECKOUT.test(name)).map(hostedTool),
};

function hostedTool(tool: vscode.LanguageModelToolInformation): HostedTool {
  const { name, description, inputSchema } = tool;
  return {
    name: name.replace(/[^\w-]/g, '_').slice(0, 64),
    description,
    inputSchema: (inputSchema ?? { type: 'object', properties: {} }) as JsonValue,
    // What an extension does nobody can tell from here.
    does: 'other',
    alsoKnownAs: otherNames(tool),
    summary: (input) => `use ${name} with ${oneLine(JSON.stringify(input), 120)}`,
    call: (input, signal) => callTool(name, input, signal),
  };
}

async function callTool(name: string, input: JsonValue, signal: AbortSignal): Promise<ToolAnswer> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return { text: 'The arguments must be an object.', isError: true };
  }
  const source = new vscode.CancellationTokenSource();
  const cancel = () => source.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const options = { input, toolInvocationToken: undefined };
    const result = await vscode.lm.invokeTool(name, options, source.token);
    return { text: textOf(result).slice(0, LONGEST_ANSWER), isError: false };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { text: `${name} failed: ${oneLine(why, 1000)}`, isError: true };
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}

function textOf({ content }: vscode.LanguageModelToolResult): string {
  return content
    .map((part) => {
      if (part instanceof vscode.LanguageModelTextPart) {
        return part.value;
      }
      // What an extension renders with its own library: the text is somewhere in it.
      return part instanceof vscode.LanguageModelPromptTsxPart
        ? textIn(part.value)
        : '(something that is no text)';
    })
    .join('\n');
}

function textIn(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(textIn).join('');
  }
  if (typeof value !== 'object' || value === null) {
    return '';
  }
  const own = 'text' in value && typeof value.text === 'string' ? value.text : '';
  return own + Object.values(value).map(textIn).join('');
}

/** As agents of VS Code name it: `publisher.extension/tool`, `server/tool`, `tool`. */
function otherNames({ name }: vscode.LanguageModelToolInformation): string[] {
  const ofServer = /^mcp_([^_]+)_(.+)$/.exec(name);
  return [
    name,
    ...(ofServer === null ? [] : [`${ofServer[1] ?? ''}/${ofServer[2] ?? ''}`]),
    ...vscode.extensions.all.flatMap((extension) => referencesIn(extension, name)),
  ];
}

function referencesIn({ id, packageJSON }: vscode.Extension<unknown>, tool: string): string[] {
  const manifest = packageJSON as {
    readonly contributes?: { readonly languageModelTools?: unknown };
  };
  const tools = manifest.contributes?.languageModelTools;
  return (Array.isArray(tools) ? (tools as readonly unknown[]) : []).flatMap((one) => {
    if (typeof one !== 'object' || one === null || !('name' in one) || one.name !== tool) {
      return [];
    }
    const reference =
      'toolReferenceName' in one && typeof one.toolReferenceName === 'string'
        ? one.toolReferenceName
        : tool;
    return [`${id}/${reference}`, reference];
  });
}
