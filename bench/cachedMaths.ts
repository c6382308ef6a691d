import { MathsBatch } from '../test/unit/starters/mathsRig.ts';
import { bundleCell } from './bundledCell.ts';
import { runIn } from './cacheRun.ts';
import { median } from './table.ts';

// The course of 57 concepts of the pack `maths`, worked out and then worked out again after restarts. Its agents ask a
// model of this machine that answers at once, so the seconds are Sluice's own.

const AGAIN = 5;

export async function benchCachedMaths(): Promise<void> {
  await bundleCell('cacheRunCell');
  const batch = await MathsBatch.open();
  try {
    const { project, provider, inputs, lookups, classified, concepts } = batch;
    const model = provider.baseURL('openai-chat');
    const run = async () => {
      const before = [provider.requests.length, lookups.length, classified.length] as const;
      const [figures] = await runIn(project, ['maths-concepts'], { model, inputs });
      if (figures === undefined) {
        throw new Error('nothing was run');
      }
      return {
        ...figures,
        calls: provider.requests.length - before[0],
        lookups: lookups.length - before[1],
        classified: classified.length - before[2],
      };
    };
    const first = await run();
    const later: (typeof first)[] = [];
    for (let round = 0; round < AGAIN; round += 1) {
      later.push(await run());
    }
    const of = (value: (one: typeof first) => number) => median(later.map(value));
    const share = (one: typeof first) => (100 * one.reused) / (one.reused + one.ran);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    console.log(
      `\n${concepts.length} concepts of maths (goal: 99 % reused, a lookup that is shared made once)`,
    );
    console.log(
      `  first   ${seconds(first.whole)}: ${first.ran} tasks ran, ${first.calls} calls of the model; ${2 * concepts.length} lookups asked for, ${first.lookups} made (${new Set(lookups).size} different); ${concepts.length} relations asked for, ${first.classified} classified`,
    );
    console.log(
      `  again   ${seconds(of(({ whole }) => whole))} (median of ${AGAIN}, each after a restart): ${of(share).toFixed(1)} % of ${first.ran} tasks reused, ${of(({ calls }) => calls)} calls, ${of((one) => one.lookups)} lookups`,
    );
  } finally {
    await batch.dispose();
  }
}
