/** Leaves the laying open of a workflow with a sentence for people; never leaves this room. */
export class PlanFault extends Error {
  readonly #isPlaced: boolean;

  /** @param message what is wrong and what to do, to stand behind a colon; its last dot may be missing */
  constructor(message: string, isPlaced = false) {
    super(message);
    this.#isPlaced = isPlaced;
  }

  /** The same as a sentence that names the step; a fault that names one already stays as it is. */
  in(step: string, workflow: string): PlanFault {
    return this.#isPlaced
      ? this
      : new PlanFault(
          `Step ${step} of ${workflow} cannot be planned: ${this.message.replace(/\.$/, '')}.`,
          true,
        );
  }
}
