import { digestOf, digestOfJson, type Digest } from '../../../../src/core/base/digest.ts';
import type { Agent } from '../../../../src/core/domain/agent.ts';
import { agentName, type RunId, type TaskId } from '../../../../src/core/domain/ids.ts';
import type { Read } from '../../../../src/core/domain/trace.ts';
import type { TaskQuestion } from '../../../../src/core/cache/tasks/taskQuestion.ts';
import { commandAgent, modelAgent, step } from '../../../support/plans.ts';
import { commandQuestion, digestOfText, modelQuestion, needOf, Tree } from './questions.ts';

// Workflows of agents that are pure functions of what they see, drawn by a seed. What an agent sees is noted as it
// looks, so that an oracle can tell without the cache whether its task had to run.

export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to `below`. */
  whole(below: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }

  one<T>(items: readonly T[]): T {
    return items[this.whole(items.length)] as T;
  }

  some<T>(items: readonly T[], most: number): readonly T[] {
    return items.length === 0
      ? []
      : [...new Set(Array.from({ length: this.whole(most + 1) }, () => this.one(items)))];
  }
}

export interface World {
  readonly files: Map<string, string>;
  readonly agents: Map<string, WorldAgent>;
  readonly inputs: Map<string, string>;
  model: string;
  readonly tasks: WorldTask[];
}

interface WorldAgent {
  readonly kind: 'model' | 'command';
  instructions: string;
  /** Changes nothing. */
  description: string;
  /** How much of what it sees comes through: with 1 its output is always the same. */
  readonly outputs: number;
  readonly looks: 'files' | 'search' | 'follows' | 'program';
}

interface WorldTask {
  readonly id: string;
  agent: string;
  prompt: string;
  readonly input: string;
  readonly needs: readonly string[];
  /** Whose outputs stand in the prompt. */
  readonly quotes: readonly string[];
  readonly reads: readonly string[];
  readonly produces: boolean;
  /** Changes nothing. */
  note: string;
}

export interface Made {
  readonly output: string;
  /** By path. */
  readonly files: Readonly<Record<string, string>>;
}

const FOLDERS = ['src', 'test', 'docs'];
const WORDS = ['todo', 'fixme', 'done'];

export function randomWorld(draw: Draw): World {
  const files = new Map(
    Array.from({ length: 4 + draw.whole(12) }, (_, index) => [
      `${draw.one(FOLDERS)}/file-${index}.ts`,
      contentOf(draw),
    ]),
  );
  const agents = new Map(
    Array.from({ length: 2 + draw.whole(4) }, (_, index): [string, WorldAgent] => [
      `agent-${index}`,
      {
        kind: draw.whole(3) === 0 ? 'command' : 'model',
        instructions: `Do ${draw.whole(100)}.`,
        description: '',
        outputs: draw.one([1, 2, 3, 1_000_000, 1_000_000]),
        looks: draw.one(['files', 'files', 'search', 'follows', 'program']),
      },
    ]),
  );
  const tasks: WorldTask[] = [];
  for (let index = 1 + draw.whole(30); index > 0; index -= 1) {
    const needs = draw.some(
      tasks.map(({ id }) => id),
      3,
    );
    tasks.push({
      id: `task-${tasks.length}`,
      agent: draw.one([...agents.keys()]),
      prompt: `Work ${draw.whole(4)}`,
      input: draw.one(['x', 'y', 'z']),
      needs,
      quotes: needs.filter(() => draw.whole(2) === 0),
      reads: draw.some([...files.keys(), 'src/none.ts'], 4),
      produces: draw.whole(4) === 0,
      note: '',
    });
  }
  const inputs = new Map(['x', 'y', 'z'].map((name) => [name, `${draw.whole(5)}`]));
  return { files, agents, inputs, model: 'acme/large', tasks };
}

function contentOf(draw: Draw): string {
  return `${draw.one(WORDS)} ${draw.whole(3)} ${draw.one(FOLDERS)}/file-${draw.whole(16)}.ts`;
}

/** Changes one thing, as a person would, and sometimes one that nobody sees. */
export function edit(world: World, draw: Draw): void {
  const agent = world.agents.get(draw.one([...world.agents.keys()]))!;
  const task = draw.one(world.tasks);
  const path = draw.one([...world.files.keys()]);
  switch (draw.whole(9)) {
    case 0:
      agent.instructions = `Do ${draw.whole(100)}.`;
      break;
    case 1:
      agent.description += '!';
      break;
    case 2:
      task.prompt = `Work ${draw.whole(4)}`;
      break;
    case 3:
      task.note += '!';
      break;
    case 4:
    case 5:
      world.files.set(path, contentOf(draw));
      break;
    case 6:
      if (draw.whole(2) === 0 && world.files.size > 2) {
        world.files.delete(path);
      } else {
        world.files.set(`${draw.one(FOLDERS)}/new-${draw.whole(3)}.ts`, contentOf(draw));
      }
      break;
    case 7:
      world.inputs.set(draw.one(['x', 'y', 'z']), `${draw.whole(5)}`);
      break;
    default:
      world.model = draw.one(['acme/large', 'acme/small']);
  }
}

/** The tree a task begins with: with what the tasks it needs have made. */
export function treeOf(world: World, task: WorldTask, made: ReadonlyMap<string, Made>): Tree {
  const laid = task.needs.flatMap((need) => Object.entries(made.get(need)!.files));
  return new Tree({ ...Object.fromEntries(world.files), ...Object.fromEntries(laid) });
}

export function questionOf(
  world: World,
  task: WorldTask,
  made: ReadonlyMap<string, Made>,
  run: RunId,
): TaskQuestion {
  const { kind, instructions, description, looks } = world.agents.get(task.agent)!;
  const prompt = promptOf(world, task, made);
  const produces = task.produces ? [`gen/${task.id}.txt`] : [];
  const common = { run, task: task.id as TaskId, prompt };
  const own = step(task.id, task.needs, { produces, metadata: { note: task.note } });
  const name = agentName(task.agent);
  if (kind === 'model') {
    const agent: Agent = {
      ...modelAgent(task.agent),
      name,
      description,
      digest: digestOf(description),
      runner: { kind: 'model', instructions, models: [world.model], mcpServers: [] },
    };
    return modelQuestion({ ...common, step: own, agent, model: world.model });
  }
  const agent: Agent = { ...commandAgent(task.agent), name, description, tools: [instructions] };
  // Where it follows what it reads, nobody can say before what that will be.
  const globs = looks === 'files' ? task.reads : undefined;
  const files = inputsOf(task, treeOf(world, task, made), globs);
  const needs = task.needs.map((need) => needOf(need, made.get(need)!.output));
  return commandQuestion({ ...common, step: own, agent, needs, inputs: { globs, files } });
}

/** What an agent comes to, what it looked at, and the digest of all that it saw. */
export function work(
  world: World,
  task: WorldTask,
  made: ReadonlyMap<string, Made>,
): { readonly made: Made; readonly reads: readonly Read[]; readonly seen: Digest } {
  const agent = world.agents.get(task.agent)!;
  const tree = treeOf(world, task, made);
  const seen: unknown[] = [
    task.agent,
    agent.instructions,
    promptOf(world, task, made),
    task.produces && task.id,
  ];
  const reads: Read[] = [];
  const read = (path: string): string => {
    const text = tree.texts.get(path);
    reads.push({ kind: 'file', path });
    seen.push([path, text ?? null]);
    return text ?? '';
  };
  if (agent.kind === 'command') {
    const globs = agent.looks === 'files' ? task.reads : undefined;
    seen.push(
      inputsOf(task, tree, globs),
      task.needs.map((need) => [need, made.get(need)!.output]).sort(),
    );
  } else {
    seen.push(world.model);
    switch (agent.looks) {
      case 'files':
        task.reads.forEach(read);
        break;
      case 'search':
        for (const look of [
          tree.look('search', { pattern: 'todo' }, ''),
          tree.look('list', {}, 'src'),
        ]) {
          reads.push(look);
          seen.push((look as { found: Digest }).found);
        }
        break;
      case 'follows': {
        // Each file names the next one.
        let path = task.reads[0] ?? 'src/none.ts';
        for (let hops = 0; hops < 4; hops += 1) {
          path = read(path).split(' ')[2] ?? 'docs/end.md';
        }
        break;
      }
      case 'program':
        reads.push({ kind: 'tree' });
        seen.push([...tree.texts].sort());
    }
  }
  const digest = digestOfJson(seen);
  const output = `${task.agent} says ${parseInt(digest.slice(0, 12), 16) % agent.outputs}`;
  const files = task.produces ? { [`gen/${task.id}.txt`]: output } : {};
  return { made: { output, files }, reads: unique(reads), seen: digest };
}

function promptOf(world: World, task: WorldTask, made: ReadonlyMap<string, Made>): string {
  const quoted = task.quotes.map((need) => made.get(need)!.output);
  // An agent knows only what it is told: a model also what it is to read.
  const told = world.agents.get(task.agent)!.kind === 'model' ? task.reads : [];
  return [task.prompt, world.inputs.get(task.input), ...told, ...quoted].join('\n');
}

function inputsOf(
  { reads }: WorldTask,
  tree: Tree,
  globs: readonly string[] | undefined,
): readonly { readonly path: string; readonly digest: Digest }[] {
  return [...tree.texts]
    .filter(([path]) => globs === undefined || reads.includes(path))
    .map(([path, text]) => ({ path, digest: digestOfText(text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function unique(reads: readonly Read[]): readonly Read[] {
  return [...new Map(reads.map((read) => [JSON.stringify(read), read])).values()];
}
