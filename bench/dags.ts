/** A graph as lists of the steps each step needs, all written before it. */
export interface Dag {
  readonly needs: readonly (readonly number[])[];
}

export type Random = () => number;

/** The same numbers from 0 up to 1 for the same seed (mulberry32). */
export function randomNumbers(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** 20 to 200 steps: in layers, sparse, or forks that join and go on in single file. */
export function randomDag(random: Random): Dag {
  const size = 20 + Math.floor(random() * 181);
  const below = (limit: number) => Math.floor(random() * limit);
  const families = [layered, sparse, forks] as const;
  return { needs: (families[below(3)] ?? layered)(size, below) };
}

type Below = (limit: number) => number;

function layered(size: number, below: Below): number[][] {
  const width = 2 + below(18);
  return Array.from({ length: size }, (_, n) => {
    const above = (Math.floor(n / width) - 1) * width;
    const needs = Array.from({ length: 1 + below(4) }, () => above + below(width));
    return above < 0 ? [] : [...new Set(needs)];
  });
}

function sparse(size: number, below: Below): number[][] {
  return Array.from({ length: size }, (_, n) => {
    const needs = Array.from({ length: 1 + below(3) }, () =>
      Math.max(0, n - 1 - Math.min(below(40), below(40))),
    );
    return n === 0 || below(10) === 0 ? [] : [...new Set(needs)];
  });
}

function forks(size: number, below: Below): number[][] {
  const needs: number[][] = [];
  while (needs.length < size) {
    const root = needs.push([]) - 1;
    const width = 1 + below(6);
    let last = Array.from({ length: width }, () => needs.push([root]) - 1);
    for (let tail = below(6); tail > 0; tail -= 1) {
      last = [needs.push(last) - 1];
    }
  }
  return needs;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
