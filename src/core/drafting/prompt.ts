import { oneLine, plainText } from '../base/text.ts';
import type { Agent } from '../domain/agent.ts';
import { literal } from '../domain/expression.ts';
import { REQUEST_INPUT } from './draftRun.ts';
import type { DraftFault } from './faults.ts';
import type { ProjectCommand } from './projectCommands.ts';

/** What the planner is told of the folder. */
export interface FolderFacts {
  /** Those that can be given todos, without the planner itself. */
  readonly agents: readonly Pick<Agent, 'name' | 'description'>[];
  readonly commands: readonly ProjectCommand[];
  /** Names of the workflows that are there. */
  readonly workflows: readonly string[];
}

/** More of them would bury the request. */
const MOST_AGENTS = 60;
/** Characters of a draft that goes back with what is wrong in it. */
const MOST_DRAFT = 60_000;
/** Faults that go back at once: who mends these mends most of the others. */
const MOST_FAULTS = 40;

/** What stands between the prompt and what a round adds to it; a person's own prompt does not have it. */
const ROUND = '\n\n---\n\nYour last list cannot be run. ';

/** The rules a list is judged by, and a few that no program can judge. */
const RULES: readonly string[] = [
  'Each todo is one piece of work that one agent does by itself and that a command can prove. As few todos as the request needs; one is enough where one is.',
  '"id" is short and says what it is: letters, digits, "-" and "_", each id once.',
  '"agent_role" is the name of one of the agents above, and of no other.',
  '"description" says all that the agent must know: it sees neither the request nor the other todos. Name files, functions, inputs, outputs, and what must not change.',
  '"dependencies" are the ids of todos that must be done before. Only those that are really needed, and never in a circle. A todo begins with the files its dependencies made.',
  'Todos that do not depend on each other run at the same time, each in a copy of its own. "owns" are globs of the files a todo may change, such as "src/login/**". Two todos that can run at the same time must not own the same paths: let one depend on the other, or give each its own.',
  '"acceptance_criteria.tests" are commands that exit with 0 when the todo is done, and did not before: {"cmd": "npm test", "timeout_seconds": 120}. A line for the shell, never a sentence. They run in the copy of that todo alone: they must not need what a later todo makes.',
  '"validation_rules" are more commands, such as the lint and type check of the project: {"type": "lint", "command": "npm run lint"}.',
  'No todo for committing, branches, merging, releasing or asking for approval: Sluice and the person do that.',
  'Leave out "parent_id", "branch_reason", "debug_instructions" and "is_temporary": they are for failures. Leave out "approval", "request" and "date": they are written for you.',
  '"name" is what the plan is called, two to five words in lower case joined by "-"; "title" and "description" say it for people.',
];

/** The prompt of the planner, as a step of a workflow has it: the request is filled in when it runs. */
export function draftPrompt({ agents, commands, workflows }: FolderFacts): string {
  const listed = agents.slice(0, MOST_AGENTS);
  const more = agents.length - listed.length;
  const agentLines = listed.map(
    ({ name, description }) =>
      `- ${oneLine(name)}: ${oneLine(description, 300) || 'no description'}`,
  );
  const commandLines = commands.map(
    ({ what, line, from }) => `- ${what}: ${oneLine(line, 200)} (${from})`,
  );
  const parts = [
    'A person asks for something to be done in this project. Write the todo list for it: agents will work through it, and every todo is proved by commands before it counts.',
    `# The request\n\n<request>\n\${{ inputs.${REQUEST_INPUT} }}\n</request>`,
    'Look at the project first, with the tools you have. Change nothing.',
    `# Agents that can be given todos\n\n${literal(
      agentLines.length === 0
        ? '(none but you)'
        : [...agentLines, ...(more === 0 ? [] : [`- and ${more} more`])].join('\n'),
    )}`,
    `# How this project proves itself\n\n${literal(
      commandLines.length === 0
        ? 'Its files name no test, lint or type check. Look how it is tested; where it is not, let a todo make the test that proves it.'
        : commandLines.join('\n'),
    )}`,
    ...(workflows.length === 0
      ? []
      : [
          literal(
            `Plans and workflows that are there: ${workflows.map((name) => oneLine(name)).join(', ')}.`,
          ),
        ]),
    `# What makes a list good\n\n${RULES.map((rule, index) => `${index + 1}. ${rule}`).join('\n')}`,
    'Answer with the list as JSON: an object with "name", "title", "description" and "todos".',
  ];
  return parts.join('\n\n');
}

/**
 * The prompt of a further round.
 * @param draft the list as it would stand in its file; `undefined`: the answer was none
 */
export function repairPrompt(
  prompt: string,
  draft: string | undefined,
  faults: readonly DraftFault[],
): string {
  const told = faults.slice(0, MOST_FAULTS).map(faultLine);
  const more = faults.length - told.length;
  const shown = draft === undefined ? undefined : cutLines(plainText(draft), MOST_DRAFT);
  const parts = [
    'These are its problems. Mend all of them, keep what is right, and answer with the whole list again.',
    [...told.map((line) => `- ${line}`), ...(more === 0 ? [] : [`- and ${more} more`])].join('\n'),
    ...(shown === undefined
      ? []
      : [
          `The list, as the file it was written to; lines count from 1:\n\n<list>\n${shown}\n</list>`,
        ]),
  ];
  return `${prompt}${ROUND}${literal(parts.join('\n\n'))}`;
}

/** Whether a prompt is one of these rounds. @param prompt of the step */
export function isRound(prompt: string, edited: string | undefined): boolean {
  return edited?.startsWith(`${prompt}${ROUND}`) === true;
}

/** `line 12: …` */
export function faultLine({ line, message }: DraftFault): string {
  return `${line === undefined ? '' : `line ${line}: `}${oneLine(message, 500)}`;
}

function cutLines(text: string, limit: number): string {
  if (text.length <= limit) {
    return text.trimEnd();
  }
  const cut = text.slice(0, limit);
  return `${cut.slice(0, cut.lastIndexOf('\n'))}\n(and so on)`;
}
