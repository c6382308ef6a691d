import { protectedName } from '../../domain/protectedPaths.ts';

/** What Windows may call `.git`. */
const SHORT_GIT = /^git~[0-9]+$/i;

/** Names that Windows takes for devices, whatever their ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * Why a declared path cannot become an artifact, as the rest of a sentence that begins with the
 * path; `undefined`: it can. Rules of all systems hold on every system, since Git carries the file on.
 * @param isNamed the step owns this very path, which alone gives it what is protected
 */
export function artifactPathFault(path: string, isNamed = false): string | undefined {
  if (path === '') {
    return 'is empty: name a file';
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(path)) {
    return 'holds a control character';
  }
  if (path.includes('${{')) {
    return 'cannot hold an expression: a file has the same name in every run';
  }
  if (path.includes('\\')) {
    return 'must be written with "/" between folders';
  }
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.startsWith('~')) {
    return 'must be relative to the folder';
  }
  if (path.endsWith('/')) {
    return 'is a folder: name the files in it';
  }
  if (/[*?]/.test(path)) {
    return 'cannot be a pattern: name each file';
  }
  const parts = path.split('/');
  for (const part of parts) {
    const fault = partFault(part);
    if (fault !== undefined) {
      return fault;
    }
  }
  const name = parts.some((part) => SHORT_GIT.test(part)) ? '.git' : protectedName(path);
  if (name === '.git') {
    return 'is a file of Git itself, which no step may change';
  }
  return name === undefined || isNamed
    ? undefined
    : 'is protected, as it changes what is run or trusted: only a step whose "owns" names this very path may produce it';
}

function partFault(part: string): string | undefined {
  if (part === '..') {
    return 'must stay inside the folder: remove ".."';
  }
  if (part === '.') {
    return 'must be written without "."';
  }
  if (part === '') {
    return 'must have a name between every two "/"';
  }
  if (Buffer.byteLength(part) > 255) {
    return 'has a part longer than 255 bytes';
  }
  if (/[<>:"|]/.test(part) || /[. ]$/.test(part) || DEVICE.test(part)) {
    return 'is no file name on Windows';
  }
  return undefined;
}
