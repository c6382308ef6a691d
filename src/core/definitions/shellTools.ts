/**
 * Names, without sets and in lower case, by which agents' files give a model a shell. The room of the tools knows what
 * every name means; here it is told at the agent what a sandbox is no use for.
 */
const NAMES: ReadonlySet<string> = new Set([
  ...['shell', 'execute', 'runcommands', 'runinterminal', 'runtask', 'runtasks'],
  ...['createandruntask', 'runtests', 'runnotebooks', 'runnotebookcell'],
  ...['getterminaloutput', 'awaitterminal', 'killterminal', 'sendtoterminal'],
  ...['bash', 'bashoutput', 'killbash', 'killshell', 'powershell', 'command'],
  ...['run_shell_command', 'run_terminal_cmd', 'execute_command'],
]);

/** The first of an agent's tools that runs commands; `undefined`: none does. */
export function shellAmong(tools: readonly string[]): string | undefined {
  return tools.find((tool) => {
    const name = tool
      .trim()
      .replace(/^#(?:tool:)?/, '')
      .replace(/\s*\([^]*$/, '')
      .toLowerCase();
    const inSet = /^execute\/(.*)$/.exec(name)?.[1];
    return name === '*' || inSet === '*' || NAMES.has(inSet ?? name);
  });
}
