/** Why a path may not be in a tree that Sluice writes; `undefined` when it may. */
export function treePathProblem(path: string): string | undefined {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    return `is longer than ${MAX_PATH_BYTES} bytes`;
  }
  for (const name of path.split('/')) {
    const problem = treeNameProblem(name);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

/**
 * Git itself takes many of these names in a tree; a checkout of it on another system would then write
 * somewhere else than the name says, in the worst case inside `.git`.
 */
function treeNameProblem(name: string): string | undefined {
  if (name === '') {
    return 'has an empty part';
  }
  if (name === '.' || name === '..') {
    return `has the part "${name}"`;
  }
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
    return `has a part longer than ${MAX_NAME_BYTES} bytes`;
  }
  if (/[\\:]/.test(name)) {
    return 'has a backslash or a colon in it';
  }
  if (/\p{Cc}/u.test(name)) {
    return 'has a control character in it';
  }
  if (/\p{Cs}/u.test(name)) {
    return 'has half a surrogate pair in it';
  }
  if (isDotGit(name)) {
    return 'has a part that some system reads as ".git"';
  }
  if (/[. ]$/.test(name)) {
    return 'has a part that ends in a dot or a space, which Windows drops';
  }
  if (WINDOWS_DEVICE.test(name)) {
    return 'has a part that names a device on Windows';
  }
  if (WINDOWS_SHORT_NAME.test(name)) {
    return 'has a part that Windows reads as the short name of another file';
  }
  return undefined;
}

const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\..*)?$/iu;
/** `GIT~1`, `VSCODE~2.COD`: what Windows makes up when a name is not 8 + 3 characters. */
const WINDOWS_SHORT_NAME = /^[^.]{1,7}~[0-9]{1,6}(?:\.[^.]{0,3})?$/u;

/** As case-folding file systems see it, that ignore what cannot be seen and drop what stands at the end. */
function isDotGit(name: string): boolean {
  const folded = name
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase();
  return /^\.git[. ]*$/u.test(folded);
}
