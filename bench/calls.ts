import { streamText } from 'ai';
import { LoopbackProvider } from '../test/support/loopbackProvider.ts';
import { loopbackModel } from '../test/support/loopbackModels.ts';
import { loopbackModels } from './loopbackCalls.ts';
import { streamTurn } from '../src/core/models/turn/streamTurn.ts';
import { systemClock } from '../src/core/base/clock.ts';
import { median, part, turned } from './table.ts';

// What Sluice adds to one call of a model: the same call through the AI SDK alone, through our turn, and through the
// governor as well, one after another in turn, so that all three see the same machine.

const ROUNDS = 7;
const CALLS = 200;
const WARM = 50;
const TEXT = 'It is what it is, and that is what there is to say of it. '.repeat(20);

type Way = 'streamText alone' | 'with our turn' | 'with the governor';
const WAYS: readonly Way[] = ['streamText alone', 'with our turn', 'with the governor'];

export async function benchCalls(): Promise<void> {
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const provider = await LoopbackProvider.start({ reply: () => ({ answer: { text: TEXT } }) });
  const models = loopbackModels(provider, { clock: systemClock, concurrency: 8 });
  try {
    const bare = loopbackModel('anthropic', provider.baseURL('anthropic'), 'asked-model', fetch);
    const ours = loopbackModel('anthropic', provider.baseURL('anthropic'));
    const never = new AbortController().signal;
    const silent = { said: () => undefined, thought: () => undefined };
    const call: Readonly<Record<Way, () => Promise<unknown>>> = {
      'streamText alone': async () => {
        const { textStream } = streamText({
          model: bare,
          system: 'You are terse.',
          prompt: 'What is it?',
          maxRetries: 0,
        });
        let text = '';
        for await (const piece of textStream) {
          text += piece;
        }
        return text;
      },
      'with our turn': () =>
        streamTurn(
          ours,
          {
            system: 'You are terse.',
            messages: [{ role: 'user', text: 'What is it?' }],
            tools: [],
            outputSchema: undefined,
            canStructure: true,
            provider: 'anthropic',
            requested: 'asked-model',
          },
          silent,
          never,
          { clock: systemClock },
        ),
      'with the governor': () => models.ask('What is it?'),
    };
    const rounds = new Map<Way, { p50: number; p95: number }[]>(WAYS.map((way) => [way, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      const took = new Map<Way, number[]>(WAYS.map((way) => [way, []]));
      for (let n = 0; n < CALLS + WARM; n += 1) {
        for (const way of turned(WAYS, n)) {
          const begun = performance.now();
          await call[way]();
          if (n >= WARM) {
            took.get(way)?.push(performance.now() - begun);
          }
        }
      }
      for (const [way, times] of took) {
        const sorted = times.sort((a, b) => a - b);
        rounds.get(way)?.push({ p50: part(sorted, 0.5), p95: part(sorted, 0.95) });
      }
    }
    console.log(`\nOne call of a model (median of ${ROUNDS} rounds of ${CALLS}, ms)`);
    const [base = []] = rounds.values();
    for (const [way, figures] of rounds) {
      const added = (of: 'p50' | 'p95') =>
        median(figures.map((one, round) => one[of] - (base[round]?.[of] ?? 0))).toFixed(2);
      const of = (name: 'p50' | 'p95') => median(figures.map((one) => one[name])).toFixed(2);
      const more = figures === base ? '' : `  adds ${added('p50')} and ${added('p95')}`;
      console.log(`  ${way.padEnd(17)}  p50 ${of('p50')}  p95 ${of('p95')}${more}`);
    }
  } finally {
    models.dispose();
    await provider.close();
  }
}
