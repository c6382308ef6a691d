import type { Failure } from '../../domain/failure.ts';
import { modelName } from '../../domain/call.ts';
import type { ModelPort, UsableModel } from '../../domain/modelPort.ts';
import { err, ok, type Result } from '../../base/result.ts';

/** The models that an agent may be asked through, and the one that is in charge. */
export class ModelChoice {
  readonly #models: ModelPort;
  #names: readonly string[] | undefined;
  #usable: readonly UsableModel[] = [];
  #problems: readonly string[] = [];
  #at = 0;

  constructor(models: ModelPort) {
    this.#models = models;
  }

  /**
   * The model to ask now.
   * @param names in order of preference; none: the user's default
   * @param inCharge the one that was asked last; it stays so while it is among them
   */
  async pick(
    names: readonly string[],
    inCharge: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<UsableModel, Failure>> {
    if (this.#names?.join('\n') !== names.join('\n')) {
      const { usable, problems } = await this.#models.resolve(names, signal);
      this.#names = names;
      this.#usable = usable;
      this.#problems = problems.map(({ name, why }) => `${name}: ${why}`);
      this.#at = Math.max(
        0,
        usable.findIndex((model) => modelName(model) === inCharge),
      );
    }
    const model = this.#usable[this.#at];
    return model === undefined ? err({ reason: 'no-model', problems: this.#problems }) : ok(model);
  }

  get hasFallback(): boolean {
    return this.#at + 1 < this.#usable.length;
  }

  /** The next in the list takes over. */
  fallBack(): UsableModel | undefined {
    this.#at += 1;
    return this.#usable[this.#at];
  }
}
