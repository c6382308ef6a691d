import { MAX_TASKS } from '../domain/workflow.ts';
import { STEP_ID_RULE } from '../domain/ids.ts';
import { error, type Problem } from './problem.ts';

// What people read about workflows, as in problems.ts.

export function noSteps(): Problem {
  return error('empty-steps', 'A workflow needs at least one step.');
}

export function tooManySteps(limit: number): Problem {
  return error(
    'too-many-steps',
    `A workflow has at most ${limit.toLocaleString('en')} steps: make several workflows of it.`,
  );
}

export function badStepId(id: string): Problem {
  return error('bad-step-id', `"${id}" cannot be a step's name: use ${STEP_ID_RULE}.`);
}

export function duplicateId(id: string): Problem {
  return error('duplicate-id', `There are two steps "${id}": rename one.`);
}

export function notAStep(label: string): Problem {
  return error(
    'wrong-type',
    `${label} must be made of fields: "agent" and what it is asked, "gate" and a question, or "workflow" and its inputs.`,
  );
}

export function mixedList(): Problem {
  return error(
    'wrong-type',
    'A list of steps holds either agent names alone or steps with an "id": do not mix them.',
  );
}

/** @param second the word for the kind that the step is not */
export function twoKinds(second: 'gate' | 'workflow'): Problem {
  return error(
    second === 'gate' ? 'agent-and-gate' : 'two-kinds',
    second === 'gate'
      ? 'A step is either an agent\'s or a gate: move "gate" to a step of its own that needs this one.'
      : 'A step is either an agent\'s, a gate or a workflow: move "workflow" to a step of its own.',
  );
}

export function unknownAgent(name: string, suggestion: string): Problem {
  return error(
    'unknown-agent',
    `There is no agent "${name}".${suggestion === '' ? ' Add a file for it to .sluice/agents.' : suggestion}`,
  );
}

export function brokenAgent(name: string): Problem {
  return error('broken-agent', `The agent "${name}" cannot be used: its file has to be repaired.`);
}

export function unknownNeed(id: string, suggestion: string): Problem {
  return error('unknown-need', `There is no step "${id}".${suggestion}`);
}

export function needsItself(): Problem {
  return error('cycle', 'A step cannot need itself.');
}

/** @param ids each needs the next, the last the first */
export function cycle(ids: readonly string[]): Problem {
  return error(
    'cycle',
    `These steps need each other in a circle, so none can start: ${inACircle(ids)}.`,
  );
}

function inACircle(names: readonly string[]): string {
  const shown =
    names.length <= MAX_CYCLE_NAMES
      ? names
      : [
          ...names.slice(0, MAX_CYCLE_NAMES / 2),
          `… ${(names.length - MAX_CYCLE_NAMES).toLocaleString('en')} more …`,
          ...names.slice(-MAX_CYCLE_NAMES / 2),
        ];
  return [...shown, names[0] ?? ''].join(' → ');
}

/** A longer cycle is named by its beginning and its end. */
const MAX_CYCLE_NAMES = 100;

// What a task makes

export function badArtifact(path: string, fault: string): Problem {
  return error('bad-artifact-path', `"${path}" ${fault}.`);
}

/** @param maker a step that does produce it, but that the gate does not need */
export function unknownArtifact(
  path: string,
  maker: string | undefined,
  suggestion: string,
): Problem {
  const repair = maker === undefined ? suggestion : ` The step "${maker}" does: add it to "needs".`;
  return error('unknown-artifact', `No step that this gate needs produces "${path}".${repair}`);
}

export function productTwice(path: string): Problem {
  return error('duplicate-product', `"${path}" stands here twice: keep one of them.`);
}

export function notJson(): Problem {
  return error('bad-schema', 'This number is no JSON value: write one with digits.');
}

export function schemaTooDeep(limit: number): Problem {
  return error('bad-schema', `A schema has at most ${limit} levels of lists and fields.`);
}

export function schemaOutside(file: string): Problem {
  return error(
    'bad-schema',
    `"${file}" is not in the folder: name a JSON file in it, relative to the folder.`,
  );
}

/** @param message a sentence about the file */
export function inSchema(file: string, message: string): Problem {
  return error('bad-schema', `In the schema "${file}": ${message}`);
}

/** @param message the checker's own words */
export function badSchema(message: string): Problem {
  return error('bad-schema', `Nothing can be checked with this schema: ${message}.`);
}

// Matrix

export function noLanes(): Problem {
  return error('wrong-value', '"matrix" must name at least one list of values.');
}

export function laneTwice(value: string): Problem {
  return error('duplicate-value', `"${value}" stands here twice: each value makes a task.`);
}

export function lanesWithoutExpression(name: string): Problem {
  return error(
    'wrong-value',
    `"${name}" must be a list of values, or an expression such as \${{ inputs.${name} }} that gives them.`,
  );
}

export function expressionInLanes(name: string): Problem {
  return error(
    'wrong-value',
    `A value in a list stands as it is: write "${name}" as one text for an expression that gives all values.`,
  );
}

/** @param lanes how many tasks the step would be */
export function tooManyLanes(lanes: number): Problem {
  return error(
    'too-many-tasks',
    `This matrix makes ${lanes.toLocaleString('en')} tasks; a run has at most ${MAX_TASKS.toLocaleString('en')}.`,
  );
}

// Retries

export function delayAboveLimit(): Problem {
  return error('wrong-value', '"max-delay" must not be shorter than "delay".');
}

// Workflows in workflows

export function unknownWorkflow(name: string, suggestion: string): Problem {
  return error(
    'unknown-workflow',
    `There is no workflow "${name}".${suggestion === '' ? ' Add a file for it to .sluice/workflows.' : suggestion}`,
  );
}

export function brokenWorkflow(name: string): Problem {
  return error(
    'broken-workflow',
    `The workflow "${name}" cannot be used: its file has to be repaired.`,
  );
}

export function containsItself(): Problem {
  return error('recursion', 'A workflow cannot contain itself.');
}

/** @param names each contains the next, the last the first */
export function recursion(names: readonly string[]): Problem {
  return error(
    'recursion',
    `These workflows contain each other in a circle, so none can run: ${inACircle(names)}.`,
  );
}

export function notAnInputOf(workflow: string, name: string, suggestion: string): Problem {
  return error(
    'unknown-input',
    `The workflow "${workflow}" has no input "${name}".${suggestion === '' ? ' Remove it.' : suggestion}`,
  );
}

/** @param names inputs without a default that are not given */
export function missingInputs(workflow: string, names: readonly string[]): Problem {
  const list = names.map((name) => `"${name}"`).join(', ');
  return error(
    'missing-input',
    `The workflow "${workflow}" needs ${names.length === 1 ? 'the input' : 'the inputs'} ${list}: give ${names.length === 1 ? 'it' : 'them'} under "with".`,
  );
}

// Phases

export function noPhases(): Problem {
  return error('empty-phases', '"phases" must hold at least one phase, or be removed.');
}

export function notAPhase(): Problem {
  return error('wrong-type', 'A phase must be made of fields: "name", "steps" and "checks".');
}

export function emptyPhase(): Problem {
  return error('empty-phases', 'A phase needs at least one step.');
}

export function duplicatePhase(name: string): Problem {
  return error('duplicate-name', `There are two phases "${name}": rename one.`);
}

export function stepsTwice(): Problem {
  return error(
    'steps-twice',
    'Steps stand either under "steps" of the workflow or inside its phases: move them to one place.',
  );
}

export function namesWithoutSteps(): Problem {
  return error(
    'wrong-type',
    'The steps of the other phases are written inside them: write those of this phase so too.',
  );
}

export function inTwoPhases(id: string): Problem {
  return error('two-phases', `The step "${id}" is in another phase already: keep it in one.`);
}

export function inNoPhase(id: string): Problem {
  return error('no-phase', `The step "${id}" is in no phase: add it to the "steps" of one.`);
}

export function needsLaterPhase(id: string, phase: string): Problem {
  return error(
    'later-phase',
    `"${id}" is in the later phase "${phase}", which begins when this one is over: move one of the steps.`,
  );
}
