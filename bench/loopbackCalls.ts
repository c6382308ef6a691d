import type { CallFailureKind } from '../src/core/domain/call.ts';
import type { CallOutcome, CallRequest, UsableModel } from '../src/core/domain/modelPort.ts';
import type { Clock } from '../src/core/base/clock.ts';
import { DEFAULT_MODEL_SETTINGS } from '../src/core/models/modelHost.ts';
import type { LoopbackProvider } from '../test/support/loopbackProvider.ts';
import { Models } from '../src/core/models/models.ts';
import { seeded } from '../test/long/seeded.ts';

const MODEL: UsableModel = {
  provider: 'anthropic',
  model: 'asked-model',
  account: 'bench',
  contextTokens: undefined,
  canUseTools: true,
  canStructure: true,
};

/** What became of a call that was made until it succeeded or was given up. */
export interface Asked {
  readonly end: 'answered' | 'lost';
  /** Times that it was told to wait. */
  readonly waits: number;
  readonly failures: readonly CallFailureKind[];
}

export interface LoopbackModels {
  /** One call, whatever comes of it. */
  ask(prompt: string): Promise<CallOutcome>;
  /** As a task does it: waits when told to, tries again as long as there is a remedy. */
  askUntilDone(prompt: string): Promise<Asked>;
  dispose(): void;
}

/** The models of a program of which the one provider is a loopback. */
export function loopbackModels(
  provider: LoopbackProvider,
  { clock, concurrency, seed = 1 }: { clock: Clock; concurrency: number; seed?: number },
): LoopbackModels {
  const models = new Models({
    host: {
      secret: () => Promise.resolve('bench-key'),
      hosted: undefined,
      settings: () => ({
        ...DEFAULT_MODEL_SETTINGS,
        baseURLs: { anthropic: provider.baseURL('anthropic') },
        concurrency,
        lookForLocal: false,
      }),
    },
    clock,
    random: seeded(seed),
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const events = { began: quiet, said: quiet, thought: quiet, breakerMoved: quiet };
  const request = (prompt: string): CallRequest => ({
    model: MODEL,
    system: 'You are terse.',
    messages: [{ role: 'user', text: prompt }],
    tools: [],
    outputSchema: undefined,
    criticality: 5,
  });
  const until = (at: number): Promise<void> =>
    new Promise((resolve) => clock.timer(Math.max(0, at - clock.now()), resolve));
  return {
    ask: (prompt) => models.call(request(prompt), events, new AbortController().signal),
    askUntilDone: async (prompt) => {
      const failures: CallFailureKind[] = [];
      let waits = 0;
      let tries = 0;
      const begun = clock.monotonic();
      for (;;) {
        const outcome = await models.call(request(prompt), events, new AbortController().signal);
        switch (outcome.kind) {
          case 'answered':
            return { end: 'answered', waits, failures };
          case 'cancelled':
            return { end: 'lost', waits, failures };
          case 'wait':
            waits += 1;
            await until(outcome.until);
            break;
          case 'failed': {
            const { failure } = outcome;
            tries = failures.at(-1) === failure.kind ? tries + 1 : 1;
            failures.push(failure.kind);
            const remedy = models.afterFailure({
              model: MODEL,
              failure,
              tries,
              waitedMs: clock.monotonic() - begun,
              policy: undefined,
              criticality: 5,
              hasFallback: false,
            });
            if (remedy.kind !== 'again') {
              return { end: 'lost', waits, failures };
            }
            waits += 1;
            await until(remedy.at);
          }
        }
      }
    },
    dispose: () => models.dispose(),
  };
}

function quiet(): void {
  // Benches print their figures only.
}
