import type { StepId, TaskId } from '../domain/ids.ts';
import type { PlannedTask } from '../domain/workflow.ts';
import { laneKey, type Lane } from './lanes.ts';

/** A lane of a step, laid open. */
export interface LaidLane {
  readonly values: Lane;
  /** Its task, or all tasks of its workflow. */
  readonly tasks: readonly PlannedTask[];
  /** What whoever needs it needs: its task, or the ends of its workflow. */
  readonly ends: readonly TaskId[];
  /** Of the ends those whose outputs count as its own: not what validates its workflow. */
  readonly heard: readonly TaskId[];
}

/** A step whose tasks are known. */
export class LaidStep {
  readonly id: StepId;
  readonly needs: readonly StepId[];
  readonly lanes: readonly LaidLane[];
  readonly #names: readonly string[];
  readonly #byValues: ReadonlyMap<string | undefined, LaidLane>;
  readonly #ends: readonly TaskId[];
  readonly #heard: readonly TaskId[];

  constructor(id: StepId, needs: readonly StepId[], lanes: readonly LaidLane[]) {
    this.id = id;
    this.needs = needs;
    this.lanes = lanes;
    this.#names = Object.keys(lanes[0]?.values ?? {});
    this.#byValues = new Map(lanes.map((lane) => [laneKey(lane.values, this.#names), lane]));
    this.#ends = lanes.flatMap(({ ends }) => ends);
    this.#heard = lanes.flatMap(({ heard }) => heard);
  }

  /** The tasks that a lane of another step needs where it needs this step: of the lane of equal values, or of every lane. */
  seenFrom(values: Lane): readonly TaskId[] {
    return this.#meant(values)?.ends ?? this.#ends;
  }

  /** The tasks whose outputs it means by this step. */
  heardFrom(values: Lane): readonly TaskId[] {
    return this.#meant(values)?.heard ?? this.#heard;
  }

  #meant(values: Lane): LaidLane | undefined {
    const key = this.#names.length === 0 ? undefined : laneKey(values, this.#names);
    return key === undefined ? undefined : this.#byValues.get(key);
  }
}

/** The steps that a step's texts may name: those it needs directly, and of the others those it mentions. */
export function namedSteps(
  needs: readonly StepId[],
  mentioned: readonly string[],
  laid: ReadonlyMap<string, LaidStep>,
): LaidStep[] {
  const found = new Set(needs.map((id) => known(laid, id)));
  for (const id of mentioned) {
    const step = laid.get(id);
    if (step !== undefined) {
      found.add(step);
    }
  }
  return [...found];
}

function known(laid: ReadonlyMap<string, LaidStep>, id: StepId): LaidStep {
  const step = laid.get(id);
  if (step === undefined) {
    throw new Error(`Internal error: ${id} is needed and not laid open yet`);
  }
  return step;
}
