import { newFile, type NewFile } from './newFile.ts';
import { yamlText } from './yamlText.ts';

export interface WorkflowTemplate {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /**
   * Valid where all agents are. Fewer agents than it needs work on several steps; without any it names
   * some that are not there, and their places say so.
   * @param name as `nameFault` accepts it
   */
  write(name: string, agents: readonly string[]): NewFile;
}

/** More agents at once make a file nobody reads. */
const MOST_AT_ONCE = 6;

export const WORKFLOW_TEMPLATES: readonly WorkflowTemplate[] = [
  {
    name: 'chain',
    title: 'One after another',
    description: 'Each agent gets what the one before it printed',
    write: (name, agents) => {
      const all = agents.length > 2 ? agents.slice(0, MOST_AT_ONCE) : filled(agents, 2);
      const steps = all.map(
        (agent, index) => `  step-${index + 1}:
    agent: ${yamlText(agent)}
${
  index === 0
    ? '    prompt: Say what is to be done.'
    : `    needs: [step-${index}]
    prompt: |
      Go on from this:

      \${{ steps.step-${index}.output }}`
}
`,
      );
      return workflow(name, 'One agent after another.', `steps:\n${steps.join('')}`);
    },
  },
  {
    name: 'fan-out',
    title: 'At once, then together',
    description: 'Several agents work at once; the last one gets what all of them printed',
    write: (name, agents) => {
      const all = filled(agents, 3).slice(0, MOST_AT_ONCE + 1);
      const last = all.at(-1) ?? '';
      const parts = all.slice(0, -1).map((agent, index) => ({ agent, id: `part-${index + 1}` }));
      const steps = parts.map(
        ({ agent, id }) => `  ${id}:
    agent: ${yamlText(agent)}
    prompt: Say what is to be done.
`,
      );
      const outputs = parts.map(({ id }) => `      \${{ steps.${id}.output }}\n`).join('\n');
      return workflow(
        name,
        'Several agents at once, and one that puts together what they found.',
        `max-parallel: 4
steps:
${steps.join('')}  together:
    agent: ${yamlText(last)}
    needs: [${parts.map(({ id }) => id).join(', ')}]
    prompt: |
      Put this together:

${outputs}`,
      );
    },
  },
  {
    name: 'list',
    title: 'Over a list',
    description: 'One agent works on each value of a list; another gets what came of all of them',
    write: (name, agents) => {
      const [worker = '', collector = ''] = filled(agents, 2);
      return workflow(
        name,
        'The same for each value of a list, then one look at all of them.',
        `max-parallel: 4
inputs:
  items:
    description: A JSON list; each value becomes a task
    default: '["first", "second", "third"]'
steps:
  each:
    agent: ${yamlText(worker)}
    matrix:
      item: \${{ inputs.items }}
    prompt: 'Do this for: \${{ matrix.item }}'
  all:
    agent: ${yamlText(collector)}
    needs: [each]
    prompt: |
      Look at all of these:

      \${{ steps.each.output }}
`,
      );
    },
  },
  {
    name: 'gate',
    title: 'With a gate',
    description: 'A person decides between two steps',
    write: (name, agents) => {
      const [before = '', after = ''] = filled(agents, 2);
      return workflow(
        name,
        'An agent proposes, a person decides, an agent goes on.',
        `steps:
  propose:
    agent: ${yamlText(before)}
    prompt: Say what is to be proposed.
  decide:
    needs: [propose]
    gate: Go on with this?
  carry-out:
    agent: ${yamlText(after)}
    needs: [propose, decide]
    prompt: |
      This was approved, carry it out:

      \${{ steps.propose.output }}
`,
      );
    },
  },
  {
    name: 'phases',
    title: 'In phases',
    description: 'A phase begins once the commands that check the one before it have passed',
    write: (name, agents) => {
      const [first = '', second = '', third = ''] = filled(agents, 3);
      return workflow(
        name,
        'Phases, with commands between them that must pass.',
        `phases:
  - name: Prepare
    steps:
      prepare:
        agent: ${yamlText(first)}
        prompt: Say what is to be prepared.
    # Each must exit with 0 before the next phase begins, for example npm test.
    checks: [node --version]
  - name: Work
    steps:
      work-1:
        agent: ${yamlText(second)}
        prompt: Say what is to be done.
      work-2:
        agent: ${yamlText(third)}
        prompt: Say what is to be done at the same time.
    checks: [node --version]
`,
      );
    },
  },
];

function workflow(name: string, description: string, rest: string): NewFile {
  return newFile(
    `.sluice/workflows/${name}.yaml`,
    `name: ${yamlText(name)}\ndescription: «${description}»\n${rest}`,
  );
}

const PLACEHOLDERS = ['first-agent', 'second-agent', 'third-agent'] as const;

/** At least so many agents: those that are there, over again where they are too few. */
function filled(agents: readonly string[], least: number): string[] {
  const from = agents.length === 0 ? PLACEHOLDERS : agents;
  const missing = Math.max(0, least - from.length);
  return [
    ...(agents.length === 0 ? from.slice(0, least) : from),
    ...Array.from({ length: missing }, (_, index) => from[index % from.length] ?? ''),
  ];
}
