import fs from 'node:fs/promises';
import path from 'node:path';
import { createFileDurably, type Disk } from './base/disk.ts';
import { err, ok, type Result } from './base/result.ts';
import { thrownMessage } from './base/text.ts';
import { isPlanOf, planFile, PLAN_FOLDER, type PlanOrigin } from './drafting/planText.ts';
import type { Sluice } from './sluice.ts';
import { layInto, planLaying } from './starters/layInto.ts';

/** More plans of one name nobody has. */
const MOST_NUMBERS = 10_000;

export interface PlanPlace {
  readonly name: string;
  /** Relative to the folder, with `/`. */
  readonly file: string;
}

export interface KeptFile {
  /** `undefined`: as asked. */
  readonly name: string | undefined;
  readonly file: string;
  readonly isNew: boolean;
}

/** Where plans stand in a folder. Errors are sentences. */
export class PlanKeeper {
  readonly #sluice: Pick<Sluice, 'folder' | 'definitions'>;
  readonly #disk: Disk;

  constructor(sluice: Pick<Sluice, 'folder' | 'definitions'>, disk: Disk) {
    this.#sluice = sluice;
    this.#disk = disk;
  }

  /** The first name, with a number where it needs one, that nothing has, or that this answer's plan has already. */
  async placeFor(base: string, origin: PlanOrigin): Promise<PlanPlace> {
    const { folder, definitions } = this.#sluice;
    const taken = new Map(
      definitions.workflows.map(({ name, file }) => [name.toLowerCase(), file] as const),
    );
    for (let number = 1; number < MOST_NUMBERS; number += 1) {
      const name = number === 1 ? base : `${base}-${number}`;
      const file = planFile(name);
      const holder = taken.get(name.toLowerCase());
      if (holder !== undefined && holder !== file) {
        continue;
      }
      const text = await textAt(path.join(folder, file));
      if (text === undefined || isPlanOf(text, origin)) {
        return { name, file };
      }
    }
    throw new Error(`Internal error: ${PLAN_FOLDER} holds ${MOST_NUMBERS} plans called ${base}`);
  }

  /** @param textFor what the file of a name holds */
  async keep(
    base: string,
    origin: PlanOrigin,
    textFor: (name: string) => string,
  ): Promise<Result<KeptFile, string>> {
    for (;;) {
      const { name, file } = await this.placeFor(base, origin);
      const files = [{ path: file, bytes: Buffer.from(textFor(name)) }];
      const plan = await planLaying(this.#sluice.folder, files);
      if (!plan.ok) {
        return plan;
      }
      if (plan.value.fresh.length === 0) {
        return ok({ name, file, isNew: false });
      }
      const laid = await layInto(this.#disk, plan.value);
      if (laid.ok) {
        return ok({ name, file, isNew: true });
      }
      // Somebody was quicker: the next number is free, or what stands there is this plan.
      if ((await textAt(path.join(this.#sluice.folder, file))) === undefined) {
        return laid;
      }
    }
  }

  /** @param file absolute */
  async keepAt(file: string, origin: PlanOrigin, text: string): Promise<Result<KeptFile, string>> {
    const relative = path.relative(this.#sluice.folder, file);
    const isInside = !/^\.\.(?:[\\/]|$)/.test(relative) && !path.isAbsolute(relative);
    const shown = isInside ? relative.split(path.sep).join('/') : file;
    try {
      if (
        await createFileDurably(this.#disk, file, Buffer.from(text), { temporaryPrefix: '.tmp_' })
      ) {
        return ok({ name: undefined, file: shown, isNew: true });
      }
      const there = await textAt(file);
      return there !== undefined && isPlanOf(there, origin)
        ? ok({ name: undefined, file: shown, isNew: false })
        : err(`${shown} is there already and is never written over. Give another file.`);
    } catch (thrown) {
      return err(`${shown} could not be written: ${thrownMessage(thrown)}.`);
    }
  }
}

/** `undefined`: there is nothing; empty: something that is no text of ours. */
async function textAt(file: string): Promise<string | undefined> {
  const status = await fs.lstat(file).catch(() => undefined);
  return status === undefined ? undefined : await fs.readFile(file, 'utf8').catch(() => '');
}
