import type { Digest } from './base/digest.ts';
import type { RunEvent } from './domain/event.ts';
import type { RunPlan } from './domain/workflow.ts';
import type { BlobStore } from './journal/blobs.ts';
import { upgradePlan } from './planning/upgradePlan.ts';

/** Plans of runs, kept as blobs; those a plan has changed into are at hand for the fold, which waits for nothing. */
export class PlanShelf {
  readonly #blobs: BlobStore;
  readonly #changed = new Map<Digest, RunPlan>();

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  /** A plan that `put` or `load` has had to do with. */
  readonly known = (digest: Digest): RunPlan | undefined => this.#changed.get(digest);

  /** Rejects when the blob is missing or damaged, or is no plan. */
  async read(digest: Digest): Promise<RunPlan> {
    return upgradePlan(JSON.parse(new TextDecoder().decode(await this.#blobs.read(digest))));
  }

  async put(plan: RunPlan): Promise<Digest> {
    const { digest } = await this.#blobs.put(Buffer.from(JSON.stringify(plan)));
    if (plan.unfolded !== undefined) {
      this.#changed.set(digest, plan);
    }
    return digest;
  }

  /** Makes the plans known that these events change to. */
  async load(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) {
      if (event.type === 'plan-changed' && !this.#changed.has(event.plan)) {
        this.#changed.set(event.plan, await this.read(event.plan));
      }
    }
  }
}
