import fc from 'fast-check';

// `npm test` tries what is drawn by chance, and what is swept point by point, with a sample. The files that import this
// `npm run test:long -- samples` runs with more: SLUICE_SAMPLES times as many.

const TIMES = Number(process.env['SLUICE_SAMPLES'] ?? 1);
const seed = process.env['SLUICE_SEED'];
if (seed !== undefined) {
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}

/** So many in `npm test`, more at full size. Also for the milliseconds they may take. */
export function sampleOf(few: number): number {
  return few * TIMES;
}

/** One in so many in `npm test`, each at full size. */
export function oneIn(many: number): number {
  return TIMES > 1 ? 1 : many;
}
