import type { RememberedWait } from './domain/modelPort.ts';
import type { RunState } from './domain/runState.ts';
import type { Ports } from './ports.ts';

/** Waits that providers asked for are kept, also by a program that did not hear of them itself. Never rejects. */
export async function recallWaits(
  { tasks }: RunState,
  { models: load, log }: Pick<Ports, 'models' | 'log'>,
): Promise<void> {
  const waits: RememberedWait[] = [];
  for (const task of tasks.values()) {
    const { why, until } = (task.kind === 'pending' ? task.parked : undefined) ?? {};
    if (why?.kind === 'provider' && until !== undefined) {
      waits.push({ ...why, until });
    }
  }
  if (waits.length === 0 || load === undefined) {
    return;
  }
  try {
    const models = await load();
    waits.forEach((wait) => models.recall(wait));
  } catch (thrown) {
    log.error('The models could not be told of earlier waits', thrown);
  }
}
