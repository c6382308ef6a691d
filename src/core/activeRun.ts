import type { RunId } from './domain/ids.ts';
import type { RequestOutcome, RunRequest } from './domain/request.ts';
import type { DriveEnd, RunDriver } from './engine/driver.ts';

/** A run this program drives. */
export interface StartedRun {
  readonly run: RunId;
  /** Resolves when the driver has let go of it, finished or not, and its claim is released. */
  readonly ended: Promise<DriveEnd>;
}

/**
 * A claimed run and its driver, from the claim to the release.
 *
 * The claim is released after the driver's last write, never before.
 */
export class ActiveRun implements StartedRun {
  readonly run: RunId;
  readonly ended: Promise<DriveEnd>;
  readonly #driver: RunDriver;

  constructor(run: RunId, driver: RunDriver, release: (end: DriveEnd) => Promise<void>) {
    this.run = run;
    this.#driver = driver;
    this.ended = driver.drive().then(async (end) => {
      await release(end);
      return end;
    });
  }

  request(request: RunRequest): Promise<RequestOutcome> {
    return this.#driver.request(request);
  }

  async letGo(): Promise<void> {
    this.#driver.detach();
    await this.ended;
  }
}
