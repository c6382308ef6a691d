import { MAX_TASKS } from '../../domain/workflow.ts';
import { STEP_ID_RULE } from '../../domain/ids.ts';
import { changing, didYouMean, error, warning, type Problem } from '../source/problem.ts';

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
export function twoKinds(second: 'gate' | 'workflow' | 'uses'): Problem {
  return error(
    second === 'gate' ? 'agent-and-gate' : 'two-kinds',
    second === 'gate'
      ? 'A step is either an agent\'s or a gate: move "gate" to a step of its own that needs this one.'
      : `A step is either an agent's, a gate or a workflow: move "${second}" to a step of its own.`,
  );
}

export function unknownAgent(name: string, meant: string | undefined): Problem {
  const hint = didYouMean(meant) || ' Add a file for it to .sluice/agents.';
  return changing(error('unknown-agent', `There is no agent "${name}".${hint}`), name, meant);
}

export function brokenAgent(name: string): Problem {
  return error('broken-agent', `The agent "${name}" cannot be used: its file has to be repaired.`);
}

export function unknownNeed(id: string, meant: string | undefined): Problem {
  const problem = error('unknown-need', `There is no step "${id}".${didYouMean(meant)}`);
  return changing(problem, id, meant);
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
  meant: string | undefined,
): Problem {
  const repair =
    maker === undefined ? didYouMean(meant) : ` The step "${maker}" does: add it to "needs".`;
  const message = `No step that this gate needs produces "${path}".${repair}`;
  return changing(error('unknown-artifact', message), path, meant);
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

// Terms

/** @param agent that is a program */
export function noEffect(field: string, agent: string): Problem {
  return warning(
    'no-effect',
    `"${field}" has no effect here: "${agent}" is a command, and only language models keep to it.`,
  );
}

export function similarWithFiles(): Problem {
  return error(
    'similar-with-files',
    'An answer to a similar question must not stand for files: remove "similar", or "produces" and "owns".',
  );
}

/** @param others steps that may run at the same time; at least one */
export function overlappingOwns(others: readonly string[]): Problem {
  const [first = ''] = others;
  const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  return error(
    'overlapping-owns',
    `"${first}"${more} may run at the same time as this step and own some of the same paths: let one need the other, or give each its own paths.`,
  );
}

/** @param names of the matrix that tell the lanes apart and are not in the paths */
export function overlappingLanes(names: readonly string[]): Problem {
  const values = names.map((name) => `\${{ matrix.${name} }}`).join(' and ');
  return error(
    'overlapping-owns',
    `The tasks of this matrix may run at the same time and own the same paths: use ${values} in them, or run one at a time with "max-parallel: 1".`,
  );
}

/** @param limit how many were compared */
export function ownsNotCompared(limit: number): Problem {
  return warning(
    'owns-not-compared',
    `Paths that steps own are compared up to ${limit.toLocaleString('en')} times, and not from here on: begin them with the name of a folder.`,
  );
}

export function productNotOwned(path: string): Problem {
  return error(
    'product-not-owned',
    `"${path}" is none of the paths this step owns: add it to "owns".`,
  );
}

/** @param glob of what must not be changed */
export function productForbidden(path: string, glob: string): Problem {
  return error(
    'product-forbidden',
    `"${path}" must not be changed by this step: "never" holds "${glob}".`,
  );
}

// Steps that never run

export function neverHolds(): Problem {
  return warning('unreachable', 'This step never runs: its condition can never hold.');
}

/** @param need a step that never runs */
export function needsWhatNeverRuns(need: string): Problem {
  return warning('unreachable', `This step never runs: it needs "${need}", which never runs.`);
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

export function noFiles(name: string): Problem {
  return error('wrong-value', `"${name}" must name at least one glob of files.`);
}

export function expressionInFiles(): Problem {
  return error(
    'wrong-value',
    'Nothing is filled in for "${{" in a glob of files: write it without an expression.',
  );
}

export function lanesAtOnceWithoutLanes(): Problem {
  return warning(
    'no-effect',
    '"max-parallel" counts the tasks of a matrix, and this step has none: remove it, or give the step a "matrix".',
  );
}

// What is carried

/** @param levels at most */
export function badMetadata(fault: 'number' | 'depth', levels: number): Problem {
  return error(
    'bad-metadata',
    fault === 'number'
      ? 'This number is no JSON value: write one with digits.'
      : `Metadata has at most ${levels} levels of lists and fields.`,
  );
}

// Inputs

export function optionsWithoutChoice(type: string): Problem {
  return error(
    'wrong-value',
    `Only an input of type "choice" has "options", not one of type "${type}".`,
  );
}

export function choiceWithoutOptions(): Problem {
  return error('missing-field', 'An input of type "choice" needs "options" to choose from.');
}

export function optionTwice(option: string): Problem {
  return error('duplicate-value', `"${option}" stands here twice: keep one of them.`);
}

/** @param fault the rest of a sentence about the default */
export function badDefault(fault: string, written: string, meant: string | undefined): Problem {
  return changing(error('wrong-value', `"default" ${fault}.${didYouMean(meant)}`), written, meant);
}

export function requiredWithDefault(): Problem {
  return error(
    'wrong-value',
    'An input with a default need not be given: remove "required" or "default".',
  );
}

export function notRequiredWithoutDefault(): Problem {
  return error('wrong-value', 'An input that need not be given needs a "default".');
}

// Retries

export function delayAboveLimit(): Problem {
  return error('wrong-value', '"max-delay" must not be shorter than "delay".');
}

// Workflows in workflows

export function unknownWorkflow(name: string, meant: string | undefined): Problem {
  const hint = didYouMean(meant) || ' Add a file for it to .sluice/workflows.';
  const problem = error('unknown-workflow', `There is no workflow "${name}".${hint}`);
  return changing(problem, name, meant);
}

/** @param file as the step names it */
export function unknownWorkflowFile(file: string, meant: string | undefined): Problem {
  const hint =
    didYouMean(meant) ||
    ' "uses" takes the path of a file in .sluice/workflows, from this file where it begins with "./", else from the folder.';
  const problem = error('unknown-workflow', `There is no workflow in "${file}".${hint}`);
  return changing(problem, file, meant);
}

/** @param name of the workflow in that file */
export function fileForName(file: string, name: string): Problem {
  const message = `"workflow" takes a name: write "${name}", or "uses" for a file.`;
  return changing(error('unknown-workflow', message), file, name);
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

export function notAnInputOf(workflow: string, name: string, meant: string | undefined): Problem {
  const hint = didYouMean(meant) || ' Remove it.';
  const message = `The workflow "${workflow}" has no input "${name}".${hint}`;
  return changing(error('unknown-input', message), name, meant);
}

/** @param fault the rest of a sentence about the value */
export function badInputOf(
  name: string,
  fault: string,
  written: string,
  meant: string | undefined,
): Problem {
  return changing(error('wrong-value', `"${name}" ${fault}.${didYouMean(meant)}`), written, meant);
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
