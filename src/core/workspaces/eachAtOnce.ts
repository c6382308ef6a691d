/** Files looked at or copied at once for one tree: enough to keep a disk busy, far from a system's limit. */
export const FILES_AT_ONCE = 16;

/**
 * Does something with each of many, a few at once. Nothing goes on any more once it has resolved or rejected.
 * @throws what `work` throws first
 */
export async function eachAtOnce<T>(
  all: readonly T[],
  work: (one: T, at: number) => Promise<void>,
  atOnce = FILES_AT_ONCE,
): Promise<void> {
  let next = 0;
  let failed: { readonly error: unknown } | undefined;
  const workers = Array.from({ length: Math.min(atOnce, all.length) }, async () => {
    while (failed === undefined && next < all.length) {
      const at = next;
      next += 1;
      try {
        await work(all[at] as T, at);
      } catch (error) {
        failed ??= { error };
      }
    }
  });
  await Promise.all(workers);
  if (failed !== undefined) {
    throw failed.error;
  }
}
