import { count } from '../base/text.ts';

// What people read when a folder is given something to begin with. Whole sentences.

export function leadsOutside(path: string): string {
  return `"${path}" is a link that leads out of the folder: nothing was written. Remove the link, or open the folder it leads to.`;
}

export function leadsNowhere(path: string): string {
  return `"${path}" is a link that leads nowhere: nothing was written. Remove it.`;
}

export function inTheWay(path: string, wanted: 'file' | 'folder'): string {
  return `"${path}" is there and is no ${wanted}: nothing was written. Move it away.`;
}

export function unreadable(path: string, message: string): string {
  return `"${path}" cannot be read, so nothing was written: ${message}.`;
}

/** @param message why, in the system's words */
export function notWritten(path: string, message: string): string {
  return `"${path}" could not be written, so nothing was: ${message}.`;
}

export function appeared(path: string): string {
  return `"${path}" has just been made by somebody else: nothing was written. Look at it, then try again.`;
}

/** @param paths files that are there and differ */
export function wouldReplace(paths: readonly string[]): string {
  const are = paths.length === 1 ? 'is there already and differs' : 'are there already and differ';
  return `${count(paths.length, 'file')} ${are}: ${paths.join(', ')}. Nothing was written.`;
}

export function packsUnreadable(folder: string, message: string): string {
  return `The packs of Sluice cannot be read from ${folder}: ${message}. Install Sluice again; in a checkout, build it.`;
}

export function unknownPack(name: string, known: readonly string[]): string {
  return `There is no pack "${name}". There are: ${known.join(', ')}.`;
}

export function noName(): string {
  return 'Give it a name.';
}

export function badName(name: string): string {
  return `"${name}" cannot be its name: use letters, digits, ".", "_" and "-", starting with a letter or digit and ending in one, at most 60 characters.`;
}

export function unlistedName(name: string): string {
  return `A file called "${name}" would not be listed: choose a name that does not begin with "readme".`;
}

export function deviceName(name: string): string {
  return `"${name}" is no file name on Windows: choose another.`;
}

/** @param file of the one that has the name */
export function takenName(kind: 'agent' | 'workflow', name: string, file: string): string {
  return `There is ${kind === 'agent' ? 'an agent' : 'a workflow'} "${name}" already, in ${file}: choose another name.`;
}

export function unknownTemplate(template: string, known: readonly string[]): string {
  return `There is no template "${template}". There are: ${known.join(', ')}.`;
}
