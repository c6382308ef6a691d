import type { Digest } from '../../base/digest.ts';
import type { Read } from '../../domain/trace.ts';
import { Looks } from '../looks.ts';
import { realOf } from './copyPaths.ts';
import { listFolder, listInput } from './listTool.ts';
import { searchInput, searchPlace, type SearchParts } from './searchTool.ts';

export type AskedRead = Extract<Read, { readonly kind: 'asked' }>;

export interface FindAgainOptions extends SearchParts {
  readonly signal: AbortSignal;
}

/**
 * Asks a question about many files of another tree: gives what `found` of the tool's look would be there.
 * `undefined`: the tool would give an error, or what it gives cannot be had again.
 * @param folder absolute; holds the tree @throws the signal's reason
 */
export async function findAgain(
  read: AskedRead,
  folder: string,
  options: FindAgainOptions,
): Promise<Digest | undefined> {
  const { signal } = options;
  signal.throwIfAborted();
  try {
    const root = await realOf(folder);
    return read.tool === 'list'
      ? await listAgain(read, root, signal)
      : await searchAgain(read, root, options);
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof Error && 'code' in thrown)) {
      throw thrown;
    }
    // The disk: nobody can say then what is there.
    return undefined;
  }
}

async function listAgain({ input }: AskedRead, root: string, signal: AbortSignal) {
  const parsed = listInput.safeParse(input);
  const listing = parsed.success && (await listFolder(root, parsed.data, signal, new Looks()));
  return listing !== false && listing.ok && !listing.value.asked.isDependency
    ? listing.value.found
    : undefined;
}

async function searchAgain({ input }: AskedRead, root: string, options: FindAgainOptions) {
  const parsed = searchInput.safeParse(input);
  const search =
    parsed.success && (await searchPlace(root, parsed.data, options, options.signal, new Looks()));
  return search !== false && search.ok && !search.value.asked.isDependency
    ? search.value.found
    : undefined;
}
