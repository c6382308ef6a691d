import pLimit from 'p-limit';
import { streamText } from 'ai';
import { compressedClock } from '../test/support/loopbackClock.ts';
import { LoopbackProvider, type Reply } from '../test/support/loopbackProvider.ts';
import { loopbackModel } from '../test/support/loopbackModels.ts';
import { loopbackModels } from './loopbackCalls.ts';
import type { RetryAfter } from '../test/support/loopbackLimits.ts';
import { seeded } from '../test/long/seeded.ts';
import { systemClock, type Clock } from '../src/core/base/clock.ts';

// Many calls through a provider that does not like many calls, by Sluice and by what people write themselves:
// p-limit around the AI SDK with its own retries. Time is compressed for all: the provider, Sluice and the SDK.

const CALLS = 200;
const MINUTE = 60_000;
const SPEED = 60;
const ANSWER_MS = 2_500;

interface Load {
  readonly name: string;
  readonly retryAfter: RetryAfter;
  readonly reply: (n: number) => Reply;
}

const LOADS: readonly Load[] = [
  {
    name: 'Retry-After in seconds',
    retryAfter: 'seconds',
    reply: () => ({ waitMs: ANSWER_MS }),
  },
  { name: 'no Retry-After', retryAfter: 'none', reply: () => ({ waitMs: ANSWER_MS }) },
  {
    name: 'and bursts of 529 and 500, half-closes, cut streams',
    retryAfter: 'seconds',
    reply: faulty(7),
  },
];

interface Result {
  readonly answered: number;
  readonly twice: number;
  readonly requests: number;
  /** Minutes of the provider's time. */
  readonly minutes: number;
}

export async function benchGovernor(): Promise<void> {
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  await limitedProvider();
  await fiveAtOnce();
  await batch();
}

async function limitedProvider(): Promise<void> {
  // Four windows of 50: the last 50 are let in when the fourth begins, and then take five rounds of ten.
  const limit = 3 + (5 * ANSWER_MS) / MINUTE;
  console.log(
    `\n${CALLS} calls, 50 a minute, ${ANSWER_MS / 1000} s each (time compressed ${SPEED}x; the provider's own limit is ${limit.toFixed(2)} min)`,
  );
  for (const load of LOADS) {
    for (const [who, run] of [
      ['Sluice', ours],
      ['p-limit(10) + SDK retries', theirs],
    ] as const) {
      const { answered, twice, requests, minutes } = await run(load);
      console.log(
        `  ${load.name}: ${who.padEnd(25)} ${answered} answered, ${CALLS - answered} lost, ${twice} answered twice, ${requests} requests, ${minutes.toFixed(2)} min (${(minutes / limit).toFixed(2)}x)`,
      );
    }
  }
}

async function started(load: Load, clock: Clock): Promise<LoopbackProvider> {
  return await LoopbackProvider.start({
    clock,
    limit: { requests: 50, perMs: MINUTE, retryAfter: load.retryAfter },
    reply: (_request, n) => load.reply(n),
  });
}

async function ours(load: Load): Promise<Result> {
  const clock = compressedClock(SPEED);
  const provider = await started(load, clock);
  const models = loopbackModels(provider, { clock, concurrency: 10 });
  try {
    await warmUp(provider, clock, () => models.ask('Warm up'));
    const begun = clock.monotonic();
    const asked = await Promise.all(prompts(CALLS).map((prompt) => models.askUntilDone(prompt)));
    const answered = asked.filter(({ end }) => end === 'answered').length;
    return result(provider, answered, clock.monotonic() - begun);
  } finally {
    models.dispose();
    await provider.close();
  }
}

async function theirs(load: Load): Promise<Result> {
  const clock = compressedClock(SPEED);
  const provider = await started(load, clock);
  const timeout = globalThis.setTimeout;
  // The SDK waits on the wall's clock: it is compressed there. Timers with an argument are those of the sockets.
  const compressed = (fire: () => void, ms = 0, ...more: unknown[]): NodeJS.Timeout =>
    more.length > 0
      ? timeout(() => void Reflect.apply(fire, undefined, more), ms)
      : timeout(fire, ms / SPEED);
  globalThis.setTimeout = compressed as typeof setTimeout;
  try {
    const model = loopbackModel('anthropic', provider.baseURL('anthropic'), 'asked-model', fetch);
    const limit = pLimit(10);
    await warmUp(provider, clock, async () => {
      const { text } = streamText({ model, prompt: 'Warm up', onError: () => undefined });
      return await text;
    });
    const begun = clock.monotonic();
    const asked = await Promise.all(
      prompts(CALLS).map((prompt) =>
        limit(async () => {
          const { text } = streamText({ model, prompt, onError: () => undefined });
          return await Promise.resolve(text).then(
            (said) => said.length > 0,
            () => false,
          );
        }),
      ),
    );
    return result(provider, asked.filter(Boolean).length, clock.monotonic() - begun);
  } finally {
    globalThis.setTimeout = timeout;
    await provider.close();
  }
}

/** Loading the packages takes a quarter of a second, which is 15 s of the provider's: that is done in a window before. */
async function warmUp(
  provider: LoopbackProvider,
  clock: Clock,
  ask: () => Promise<unknown>,
): Promise<void> {
  await ask();
  await new Promise<void>((resolve) => clock.timer(MINUTE, resolve));
  provider.reset();
}

function result(provider: LoopbackProvider, answered: number, ms: number): Result {
  return {
    answered,
    twice: [...provider.answered.values()].filter((times) => times > 1).length,
    requests: provider.requests.length,
    minutes: ms / MINUTE,
  };
}

function prompts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `Question ${n}`);
}

/** One request in twelve goes wrong, now and then three in a row. */
function faulty(seed: number): (n: number) => Reply {
  const random = seeded(seed);
  const faults: readonly Reply[] = [
    { status: 529 },
    { status: 500 },
    { breaks: { at: 'middle', how: 'half-close' } },
    { breaks: { at: 'middle', how: 'close' } },
    { breaks: { at: 'head', how: 'reset' } },
  ];
  let burst = 0;
  let fault: Reply = {};
  return () => {
    if (burst === 0 && random() < 0.06) {
      burst = random() < 0.3 ? 3 : 1;
      fault = faults[Math.floor(random() * faults.length)] ?? {};
    }
    if (burst > 0) {
      burst -= 1;
      return { waitMs: ANSWER_MS / 5, ...fault };
    }
    return { waitMs: ANSWER_MS };
  };
}

/** Five searches that nothing holds back but the slowest of them. */
async function fiveAtOnce(): Promise<void> {
  const provider = await LoopbackProvider.start({ reply: () => ({ waitMs: ANSWER_MS }) });
  const models = loopbackModels(provider, { clock: systemClock, concurrency: 8 });
  try {
    const begun = performance.now();
    await Promise.all(prompts(5).map((prompt) => models.askUntilDone(prompt)));
    const took = performance.now() - begun;
    console.log(
      `\nFive searches of 2.5 s at once: ${(took / 1000).toFixed(2)} s, ${(took / ANSWER_MS).toFixed(2)}x of one`,
    );
  } finally {
    models.dispose();
    await provider.close();
  }
}

/** The maths pack's batch: 57 concepts of 3.5 to 5.1 s each. */
async function batch(): Promise<void> {
  const speed = 20;
  const seconds: string[] = [];
  for (const concurrency of [10, 1]) {
    const clock = compressedClock(speed);
    const random = seeded(57);
    const latency = prompts(57).map(() => 3_500 + random() * 1_600);
    const provider = await LoopbackProvider.start({
      clock,
      reply: (_request, n) => ({ waitMs: latency[n % latency.length] ?? 0 }),
    });
    const models = loopbackModels(provider, { clock, concurrency });
    try {
      const begun = clock.monotonic();
      const asked = await Promise.all(prompts(57).map((prompt) => models.askUntilDone(prompt)));
      const lost = asked.filter(({ end }) => end === 'lost').length;
      seconds.push(
        `${concurrency} at once ${((clock.monotonic() - begun) / 1000).toFixed(1)} s${lost > 0 ? ` (${lost} lost)` : ''}, ${provider.mostAtOnce} at most`,
      );
    } finally {
      models.dispose();
      await provider.close();
    }
  }
  console.log(
    `\n57 concepts, 3.5 to 5.1 s each (time compressed ${speed}x): ${seconds.join('; ')}`,
  );
}
