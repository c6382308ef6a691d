import { didYouMean, error, info, warning, type Problem } from '../source/problem.ts';

// What people read about agents, beside what problems.ts says of any file.

/** In front matter. */
export function instructionsBelow(): Problem {
  return error(
    'unknown-field',
    'The instructions of a Markdown agent are the text below the front matter: move them there.',
  );
}

export function noInstructions(): Problem {
  return warning(
    'empty-instructions',
    'There is no text below the front matter: the model gets no instructions.',
  );
}

export function idleProbe(): Problem {
  return warning(
    'idle-probe',
    'A probe is asked only where effects are external: add "effects: external", or remove it.',
  );
}

/** @param reason the rest of a sentence that begins with "it" */
export function skippedByClaude(reason: string, repair: string): Problem {
  return error('skipped-by-claude', `Claude Code skips this file: it ${reason}. ${repair}`);
}

export function shadowed(name: string, winner: string): Problem {
  return warning(
    'shadowed-agent',
    `${winner} defines the agent "${name}" too and goes before this file.`,
  );
}

/** @param given what Sluice takes in its place */
export function permissionsTaken(written: string, given: string): Problem {
  return info(
    'permission-mode',
    `Sluice has no permission mode "${written}": it takes "${given}".`,
  );
}

// Agents that other agents ask

export function toolInputNoObject(): Problem {
  return error(
    'bad-schema',
    'A tool is asked with named values: write "type: object" and its "properties" into the schema.',
  );
}

/** @param first the agent that goes before */
export function sameTool(tool: string, first: string): Problem {
  return error('duplicate-tool', `"${first}" is the tool "${tool}" already: rename one of them.`);
}

/** @param circle at least one agent; each asks the next */
export function askedInCircle(circle: readonly string[]): Problem {
  const [first = ''] = circle;
  return error(
    'cycle',
    circle.length === 1
      ? `"${first}" has itself among its tools: remove it there.`
      : `These agents ask each other in a circle: ${[...circle, first].join(' → ')}. Take one of them from the tools of another.`,
  );
}

/** @param what executes it, e.g. `Claude Code` */
export function toolOfModel(what: string): Problem {
  return error(
    'unknown-field',
    `Only a model can be asked by other agents, and this one is run by ${what}: remove "tool".`,
  );
}

// Servers of tools

/** @param rule the rest of a sentence @param isForeign the file may be right for the tool that owns it */
export function badServer(rule: string, isForeign: boolean): Problem {
  return (isForeign ? warning : error)('bad-server', `An MCP server ${rule}.`);
}

/** @param field of a model that Sluice itself asks */
export function notOfClaudeCode(field: string): Problem {
  return error(
    'unknown-field',
    `Claude Code has its own "${field}": remove it here, or write "runner: model".`,
  );
}

// Registries

export function noLaunch(): Problem {
  return error(
    'missing-field',
    '"distribution" must say how the agent is started: "npx", "uvx" or "binary".',
  );
}

// .claude/claude.json

export function noAgentFile(): Problem {
  return error('missing-field', '"file" is missing: name the Markdown file of the agent.');
}

/** @param file as it is written */
export function outsideFolder(file: string): Problem {
  return error('outside-folder', `"${file}" leads out of the folder: put the file into it.`);
}

/** @param why what is wrong with the file, as a sentence */
export function badNamedFile(file: string, why: string): Problem {
  return error('unreadable', `${file} cannot be used. ${why}`);
}

export function emptyNamedFile(file: string): Problem {
  return error('empty-file', `${file} is empty: it should hold the instructions of the agent.`);
}

// .sluice/agents.yaml

/** @param meant the agent whose name is most like it */
export function overlayOfNobody(name: string, meant: string | undefined): Problem {
  return warning('unknown-agent', `No agent is called "${name}".${didYouMean(meant)}`);
}

export function overlayOfOwn(name: string, file: string): Problem {
  return error(
    'misplaced-overlay',
    `"${name}" is an agent of Sluice's own format: write these fields into ${file}.`,
  );
}

/** @param file with the overlay */
export function brokenOverlay(file: string): Problem {
  return error(
    'broken-overlay',
    `What ${file} says of this agent is wrong, and without it the agent might do more than it may: repair it first.`,
  );
}

/** @param key a field of a command */
export function commandOnly(key: string): Problem {
  return error('missing-field', `"${key}" is for an agent that runs a command: add "command".`);
}

export function modelOfCommand(): Problem {
  return error(
    'unknown-field',
    'An agent that runs a command has no "model": remove one of the two.',
  );
}

export function runnerOfCommand(): Problem {
  return error('unknown-field', 'With "command" that program is run: remove it, or "runner".');
}
