import process from 'node:process';

/**
 * Does what may take long. Ctrl+C and the end of the terminal abort the signal it is given: when it then rejects, it was
 * stopped, and this resolves with `undefined`.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) {
    process.on(name, stop);
  }
  try {
    return await work(stopping.signal);
  } catch (thrown) {
    if (stopping.signal.aborted) {
      return undefined;
    }
    throw thrown;
  } finally {
    for (const name of signals) {
      process.off(name, stop);
    }
  }
}
