import type { WayId } from './comparedRun.ts';

/**
 * In which order runs are made: A B, then B A, then A B again. What changes meanwhile, such as how busy a provider is,
 * so hits both alike. @param runs of each way
 */
export function abba(runs: number): readonly WayId[] {
  return Array.from({ length: 2 * runs }, (_, at) => (at % 4 === 0 || at % 4 === 3 ? 'A' : 'B'));
}
