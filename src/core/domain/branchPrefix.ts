/**
 * Why a text cannot be what the names of branches start with, as the rest of a sentence; `undefined`: it can. Git's own
 * rules, and those of the file systems that refs are files of. @param prefix without `refs/heads/` and the last `/`
 */
export function branchPrefixFault(prefix: string): string | undefined {
  if (prefix === '') {
    return 'is empty';
  }
  if (prefix.length > MAX_LENGTH) {
    return `is longer than ${MAX_LENGTH} characters`;
  }
  if (prefix.startsWith('/') || prefix.endsWith('/')) {
    return 'starts or ends with a slash';
  }
  if (prefix === 'HEAD' || prefix === '@') {
    return `is "${prefix}", which Git reads as the commit that is checked out`;
  }
  if (prefix.startsWith('refs/')) {
    return 'starts with "refs/"; only what comes after "refs/heads/" is wanted';
  }
  if (prefix.startsWith('-')) {
    return 'starts with a dash, which Git reads as an option';
  }
  const bad = /[\s\p{Cc}\p{Cs}~^:?*[\\"<>|]/u.exec(prefix)?.[0];
  if (bad !== undefined) {
    return `has ${/[\s\p{Cc}\p{Cs}]/u.test(bad) ? 'a blank or a control character' : `a ${bad}`} in it, which Git or a file system does not take`;
  }
  if (prefix.includes('@{')) {
    return 'has "@{" in it, which Git reads as a time';
  }
  if (prefix.includes('..')) {
    return 'has ".." in it, which Git reads as a range';
  }
  if (prefix !== prefix.normalize('NFC')) {
    return 'has accents that some file systems write another way';
  }
  for (const part of prefix.split('/')) {
    if (part === '') {
      return 'has two slashes in a row';
    }
    if (part.startsWith('.') || part.endsWith('.')) {
      return 'has a part that starts or ends with a dot';
    }
    if (/\.lock$/i.test(part)) {
      return 'has a part that ends in ".lock", as the files do by which Git locks';
    }
    if (WINDOWS_DEVICE.test(part)) {
      return `has the part "${part}", which names a device on Windows`;
    }
  }
  return undefined;
}

const MAX_LENGTH = 100;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|(?:com|lpt)[0-9])(?:\..*)?$/i;
