import path from 'node:path/posix';

/** The file that another means by what it writes under "uses": from its own folder where that begins with "./" or "../", else from the root. */
export function fileUsed(by: string, written: string): string {
  return isFromHere(written) ? path.join(path.dirname(by), written) : path.normalize(written);
}

/** How a file is named there, from where the text counts that stands there. */
export function useOf(file: string, by: string, written: string): string {
  if (!isFromHere(written)) {
    return file;
  }
  const relative = path.relative(path.dirname(by), file);
  return relative.startsWith('../') ? relative : `./${relative}`;
}

function isFromHere(written: string): boolean {
  return /^\.\.?\//.test(written);
}
