import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { digestOf, type Digest } from '../../../../src/core/base/digest.ts';
import { nodeDisk, type Disk } from '../../../../src/core/base/disk.ts';
import type { Clock } from '../../../../src/core/base/clock.ts';
import {
  SimilarIndex,
  type SimilarIndexOptions,
  type VectorPlace,
} from '../../../../src/core/cache/similar/similarIndex.ts';
import { ManualClock } from '../../../support/manualClock.ts';

/** Numbers from -1 to 1 that a seed decides. */
export function numbers(seed: number, count: number): number[] {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 31 - 1) * 0.999;
  });
}

export function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

/** A vector like another one; the less, the more `apart`. */
export function like(vector: Float32Array, seed: number, apart = 0.05): Float32Array {
  const noise = unit(numbers(seed, vector.length));
  return unit(Array.from(vector, (value, n) => value + apart * (noise[n] ?? 0)));
}

export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0);
}

export const SCOPE = digestOf('a scope');

export function place(vector: Float32Array, change: Partial<VectorPlace> = {}): VectorPlace {
  return { scope: SCOPE, model: 'team/e5', marks: '', vector, ...change };
}

export function keyOf(n: number | string): Digest {
  return digestOf(`key ${n}`);
}

/** A folder, and programs that keep vectors in it. */
export class VectorRig {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-vectors-'));
  readonly folder = path.join(this.root, 'similar');
  readonly clock = new ManualClock();

  program(
    change: Partial<Omit<SimilarIndexOptions, 'folder'>> & { disk?: Disk; clock?: Clock } = {},
  ): SimilarIndex {
    return new SimilarIndex({
      disk: nodeDisk,
      clock: this.clock,
      folder: this.folder,
      ...change,
    });
  }

  /** Every file there is. */
  files(): string[] {
    return fs.existsSync(this.folder)
      ? fs
          .readdirSync(this.folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.join(entry.parentPath, entry.name))
          .sort()
      : [];
  }

  dispose(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
