import type { Disk } from './base/disk.ts';
import { err, ok, type Result } from './base/result.ts';
import { oneLine, thrownMessage } from './base/text.ts';
import { hasProgram, plannerNamed, readManifests, usableAgents } from './draftFacts.ts';
import { readAnswer, rowsOf, type DraftAnswer } from './drafting/answer.ts';
import { DRAFT_STEP, isDraftRun, NAME_INPUT, REQUEST_INPUT } from './drafting/draftRun.ts';
import { draftWorkflow } from './drafting/draftWorkflow.ts';
import {
  readerFaults,
  sentenceFault,
  sentencesAmongTests,
  type DraftFault,
} from './drafting/faults.ts';
import { planText, type PlanOrigin } from './drafting/planText.ts';
import { projectCommands } from './drafting/projectCommands.ts';
import { draftPrompt, faultLine, isRound, repairPrompt } from './drafting/prompt.ts';
import { planNameFault, planNameOf, requestFault } from './drafting/wish.ts';
import {
  REPAIR_ROUNDS,
  USUAL_PLANNER,
  type DraftProblem,
  type Drafts,
  type KeptPlan,
  type PlanWish,
  type PreparedDraft,
  type SettleOptions,
} from './draftsApi.ts';
import { commandOfLine } from './definitions/imports/commandLine.ts';
import { failureText } from './domain/failureText.ts';
import { stepId, taskIdOf, type RunId, type TaskId } from './domain/ids.ts';
import type { TaskState } from './domain/runState.ts';
import type { AgentStep } from './domain/workflow.ts';
import { PlanKeeper } from './planKeeper.ts';
import type { BookEntry } from './projections/runBook.ts';
import type { Sluice } from './sluice.ts';

type ReadableRun = Extract<BookEntry, { kind: 'readable' }>;

const TASK: TaskId = taskIdOf(stepId(DRAFT_STEP));

export interface DraftsParts {
  readonly disk: Disk;
  /** Its `PATH` says which programs there are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** An answer that is a list, and how it stands. */
interface Judged {
  readonly answer: DraftAnswer;
  readonly origin: PlanOrigin;
  readonly base: string;
  readonly text: string;
  readonly faults: readonly DraftFault[];
}

/** What a run that has been let go has come to. */
type Standing =
  | { readonly kind: 'answered'; readonly answer: DraftAnswer; readonly origin: PlanOrigin }
  /** What it answered is no list. */
  | { readonly kind: 'no-list'; readonly faults: readonly DraftFault[] }
  | { readonly kind: 'problem'; readonly problem: DraftProblem };

/** Plans drafted in one folder, over what `Sluice` has of it. Keeps nothing itself: see R1 to R3. */
export class FolderDrafts implements Drafts {
  readonly #sluice: Sluice;
  readonly #parts: DraftsParts;
  readonly #keeper: PlanKeeper;

  constructor(sluice: Sluice, parts: DraftsParts) {
    this.#sluice = sluice;
    this.#parts = parts;
    this.#keeper = new PlanKeeper(sluice, parts.disk);
  }

  requestFault(text: string): string | undefined {
    return requestFault(text);
  }

  async prepare({
    request,
    agent = USUAL_PLANNER,
    name = '',
  }: PlanWish): Promise<Result<PreparedDraft, DraftProblem>> {
    const fault = requestFault(request) ?? (name === '' ? undefined : planNameFault(name));
    if (fault !== undefined) {
      return err({ kind: 'request', message: fault, at: undefined });
    }
    const { definitions, folder } = this.#sluice;
    const planner = plannerNamed(agent, definitions);
    if (!planner.ok) {
      return planner;
    }
    const prompt = draftPrompt({
      agents: usableAgents(definitions).filter(({ name: other }) => other !== planner.value.name),
      commands: projectCommands(await readManifests(folder)),
      workflows: definitions.workflows.map((entry) => entry.name),
    });
    return ok({
      workflow: draftWorkflow(planner.value, prompt),
      inputs: { [REQUEST_INPUT]: request.trim(), [NAME_INPUT]: name },
    });
  }

  async settle(run: RunId, options: SettleOptions = {}): Promise<Result<KeptPlan, DraftProblem>> {
    const follow = options.follow ?? ((begin) => this.#drive(begin));
    for (let isFirst = true; ; isFirst = false) {
      const ended = await this.#toItsEnd(run, follow, isFirst, options.leaveAtGates ?? false);
      if (!ended.ok) {
        return ended;
      }
      const standing = await this.#standing(ended.value);
      if (standing.kind === 'problem') {
        return err(standing.problem);
      }
      const judged =
        standing.kind === 'answered' ? await this.#judge(ended.value, standing) : undefined;
      const faults = judged?.faults ?? (standing.kind === 'no-list' ? standing.faults : []);
      const round = (await this.#rounds(ended.value)) + 1;
      if (faults.length > 0 && round <= REPAIR_ROUNDS) {
        options.sentBack?.(round, faults.map(faultLine));
        const sent = await this.#sendBack(ended.value, judged?.text, faults, follow);
        if (!sent.ok) {
          return sent;
        }
        continue;
      }
      return judged === undefined
        ? err(noList(run, faults))
        : await this.#keep(run, judged, options.out);
    }
  }

  /** The run once this program has let it go. */
  async #toItsEnd(
    run: RunId,
    follow: (begin: () => Promise<RunId>) => Promise<unknown>,
    isFirst: boolean,
    leaveAtGates: boolean,
  ): Promise<Result<ReadableRun, DraftProblem>> {
    const found = this.#draftRun(run);
    if (!found.ok) {
      return found;
    }
    const { state, driven } = found.value;
    if (driven.kind === 'here') {
      await this.#sluice.active(run)?.ended;
    } else if (driven.kind === 'elsewhere') {
      return err(
        waiting(
          `${run} is driven by another program at the moment. When it has ended, keep its plan.`,
        ),
      );
    } else if (state.phase.kind !== 'finished' && isFirst) {
      // Cut off: it goes on where it was.
      const refused: string[] = [];
      await follow(async () => {
        const resumed = await this.#sluice.resume(run, { leaveAtGates });
        refused.push(...(resumed.ok ? [] : [resumed.error.message]));
        return run;
      });
      const [why] = refused;
      if (why !== undefined) {
        return err(waiting(`${run} could not be gone on with: ${why}`));
      }
    }
    return this.#draftRun(run);
  }

  async #standing(entry: ReadableRun): Promise<Standing> {
    const { run, plan, state } = entry;
    const task = state.tasks.get(TASK);
    const problem = (message: string, kind: DraftProblem['kind'] = 'answer'): Standing => {
      return { kind: 'problem', problem: { kind, message, at: undefined } };
    };
    switch (task?.kind) {
      case 'succeeded': {
        const read = await this.#answerOf(task);
        return read.ok
          ? { kind: 'answered', answer: read.value, origin: originOf(entry, task.endedAt) }
          : {
              kind: 'no-list',
              faults: [{ message: `The answer is no list: ${read.error}.`, line: undefined }],
            };
      }
      case 'failed': {
        const { failure } = task;
        if (failure.reason === 'bad-output') {
          return {
            kind: 'no-list',
            faults: failure.problems.map((message) => ({ message, line: undefined })),
          };
        }
        const { title, fix, detail } = failureText(failure);
        const step = plan.workflow.steps[0] as AgentStep;
        const why = [`${title}.`, fix, detail && oneLine(detail, 400)];
        return problem(
          `"${step.agent}" came to no plan: ${why.filter((text) => text !== undefined).join(' ')} The request is kept with ${run}: run its task "${TASK}" again, then keep the plan.`,
        );
      }
      case 'cancelled':
      case 'skipped':
        return problem(
          `${run} was ${task.kind} before there was a plan. The request is kept with it: run its task "${TASK}" again, then keep the plan.`,
        );
      default:
        return problem(
          `${run} has not ended: it waits for a person. Once it has ended, keep its plan.`,
          'waiting',
        );
    }
  }

  async #judge(
    entry: ReadableRun,
    { answer, origin }: Extract<Standing, { kind: 'answered' }>,
  ): Promise<Judged> {
    await this.#sluice.refreshDefinitions();
    const base = planNameOf(
      entry.plan.inputs[NAME_INPUT] ?? '',
      { name: wordOf(answer.head['name']), title: wordOf(answer.head['title']) },
      origin.request,
    );
    const { name, file } = await this.#keeper.placeFor(base, origin);
    const text = planText(name, answer, origin);
    const told = await this.#sluice.language.judgeText(file, text);
    const sentences = await this.#sentences(answer);
    return { answer, origin, base, text, faults: [...readerFaults(told ?? []), ...sentences] };
  }

  /** Tests that read as sentences and begin with no program that is there. */
  async #sentences(answer: DraftAnswer): Promise<DraftFault[]> {
    const faults: DraftFault[] = [];
    for (const test of sentencesAmongTests(answer)) {
      const [program] = commandOfLine(test.line);
      if (!(await hasProgram(program, this.#sluice.folder, this.#parts.environment))) {
        faults.push(sentenceFault(test));
      }
    }
    return faults;
  }

  /** Asks the planner again, in the same run, with what is wrong in its prompt. */
  async #sendBack(
    { run, plan }: ReadableRun,
    draft: string | undefined,
    faults: readonly DraftFault[],
    follow: (begin: () => Promise<RunId>) => Promise<unknown>,
  ): Promise<Result<void, DraftProblem>> {
    const refused: string[] = [];
    await follow(async () => {
      const outcome = await this.#sluice.request(run, {
        kind: 'rerun',
        task: TASK,
        prompt: repairPrompt(promptOf(plan), draft, faults),
        model: undefined,
        withoutCache: false,
        by: this.#sluice.actor,
      });
      refused.push(...(outcome.kind === 'refused' ? [outcome.why] : []));
      return run;
    });
    const [why] = refused;
    if (why !== undefined) {
      return err(
        waiting(`The list of ${run} could not be sent back to its planner, because ${why}.`),
      );
    }
    await this.#sluice.active(run)?.ended;
    return ok(undefined);
  }

  /** Rounds since a person last asked otherwise. */
  async #rounds({ run, plan }: ReadableRun): Promise<number> {
    let rounds = 0;
    for (const event of await this.#sluice.history.events(run)) {
      if (event.type === 'tasks-reset' && event.tasks.includes(TASK)) {
        rounds = isRound(promptOf(plan), event.edit?.prompt) ? rounds + 1 : 0;
      }
    }
    return rounds;
  }

  async #keep(
    run: RunId,
    { answer, origin, base, faults }: Judged,
    out: string | undefined,
  ): Promise<Result<KeptPlan, DraftProblem>> {
    const textFor = (name: string) => planText(name, answer, origin);
    const kept =
      out === undefined
        ? await this.#keeper.keep(base, origin, textFor)
        : await this.#keeper.keepAt(out, origin, textFor(base));
    if (!kept.ok) {
      return err({
        kind: 'file',
        message: `The plan was not kept: ${kept.error} The list stands in ${run}; keep its plan again when that is mended.`,
        at: undefined,
      });
    }
    await this.#sluice.refreshDefinitions();
    return ok({
      run,
      ...kept.value,
      name: kept.value.name ?? base,
      todos: rowsOf(answer),
      faults: faults.map(faultLine),
    });
  }

  async #answerOf(
    task: Extract<TaskState, { kind: 'succeeded' }>,
  ): Promise<Result<DraftAnswer, string>> {
    try {
      const bytes = await this.#sluice.results.bytes({ ...task.output, executable: false });
      return readAnswer(Buffer.from(bytes).toString('utf8'));
    } catch (thrown) {
      return err(`it cannot be read any more: ${thrownMessage(thrown)}`);
    }
  }

  #draftRun(run: RunId): Result<ReadableRun, DraftProblem> {
    const entry = this.#sluice.run(run);
    if (entry?.kind !== 'readable') {
      const why =
        entry === undefined
          ? `${run} is not a run of this folder.`
          : `The journal of ${run} cannot be read: ${entry.why}`;
      return err({ kind: 'request', message: why, at: undefined });
    }
    return isDraftRun(entry.plan)
      ? ok(entry)
      : err({
          kind: 'request',
          message: `${run} drafts no plan: it runs the workflow ${entry.plan.workflow.name}.`,
          at: undefined,
        });
  }

  async #drive(begin: () => Promise<RunId>): Promise<void> {
    const run = await begin();
    await this.#sluice.active(run)?.ended;
  }
}

/** As the run started with it, whatever was asked since. */
function promptOf({ workflow }: ReadableRun['plan']): string {
  const [step] = workflow.steps;
  return step?.kind === 'agent' ? step.prompt : '';
}

function originOf({ run, plan, state }: ReadableRun, answeredAt: number): PlanOrigin {
  const [step] = plan.workflow.steps;
  const last = state.ledger.tasks
    .get(TASK)
    ?.calls.filter(({ end }) => end !== undefined && end.failure === undefined)
    .at(-1);
  return {
    request: plan.inputs[REQUEST_INPUT] ?? '',
    run,
    answeredAt,
    agent: step?.kind === 'agent' ? step.agent : '',
    model: last && `${last.provider}/${last.end?.served ?? last.requested}`,
  };
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function waiting(message: string): DraftProblem {
  return { kind: 'waiting', message, at: undefined };
}

/** Which faces add where the raw answer is, by the run. */
function noList(run: RunId, faults: readonly DraftFault[]): DraftProblem {
  return {
    kind: 'answer',
    message: `What the planner of ${run} answered is no todo list, also not when it was told:\n${faults
      .map((fault) => `- ${faultLine(fault)}`)
      .join(
        '\n',
      )}\nIts answers stand in the output of the task "${TASK}". Say the request otherwise, or choose another model for the planner.`,
    at: undefined,
  };
}
