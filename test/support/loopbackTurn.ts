import { loopbackModel, providerOf } from './loopbackModels.ts';
import { turnsOfTheLoop, type LoopbackProvider } from './loopbackProvider.ts';
import { ManualClock } from './manualClock.ts';
import type { Shape } from './loopbackShapes.ts';
import { streamTurn } from '../../src/core/models/turn/streamTurn.ts';
import { systemClock, type Clock } from '../../src/core/base/clock.ts';
import type { TurnOutcome, TurnRequest } from '../../src/core/models/turn/turn.ts';

/** One call of a loopback provider, as `Models` makes it. */
export interface LoopbackTurn {
  readonly outcome: TurnOutcome;
  readonly said: string;
  readonly thought: string;
}

export function turnRequest(shape: Shape, change: Partial<TurnRequest> = {}): TurnRequest {
  return {
    system: 'You are terse.',
    messages: [{ role: 'user', text: 'What is the answer?' }],
    tools: [],
    outputSchema: undefined,
    canStructure: true,
    provider: providerOf(shape),
    requested: 'asked-model',
    ...change,
  };
}

export async function turnAt(
  provider: LoopbackProvider,
  shape: Shape,
  change: Partial<TurnRequest> = {},
  signal: AbortSignal = new AbortController().signal,
  clock: Clock = systemClock,
): Promise<LoopbackTurn> {
  let said = '';
  let thought = '';
  const events = {
    said: (text: string) => {
      said += text;
    },
    thought: (text: string) => {
      thought += text;
    },
  };
  const model = loopbackModel(shape, provider.baseURL(shape));
  const outcome = await streamTurn(model, turnRequest(shape, change), events, signal, { clock });
  return { outcome, said, thought };
}

/** The same; once the provider lets it hang, time is moved on until the call has ended. */
export async function patientTurnAt(
  provider: LoopbackProvider,
  shape: Shape,
  change: Partial<TurnRequest> = {},
): Promise<LoopbackTurn & { readonly timersLeft: number }> {
  const clock = new ManualClock();
  const hung = provider.hung;
  let over = false;
  const isOver = (): boolean => over;
  const turn = turnAt(provider, shape, change, new AbortController().signal, clock).finally(() => {
    over = true;
  });
  void (async () => {
    await provider.until(() => isOver() || provider.hung > hung);
    while (!isOver()) {
      await turnsOfTheLoop(30);
      clock.advance(60_000);
    }
  })();
  const ended = await turn;
  return { ...ended, timersLeft: clock.pending };
}
