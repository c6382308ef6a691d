import { count, formatBytes, oneLine, thrownMessage } from '../base/text.ts';
import { hasCode } from '../base/disk.ts';

// The one place where what goes wrong with a tool becomes words: for the model, which is to mend it, and for people.

export function wrongInput(tool: string, faults: readonly string[]): string {
  return `Wrong input for ${tool}: ${faults.join('; ')}. Call it again with what its schema asks for.`;
}

export const STOPPED = 'Stopped: the attempt was ended.';
export const CLOSED = 'The tools of this attempt are closed.';

/** What the disk or the network said, without folders of this machine. @param folder absolute; taken out of the text */
export function broke(thrown: unknown, folder: string): string {
  if (hasCode(thrown, 'ENAMETOOLONG')) {
    return 'The path is too long for this system. Use shorter names.';
  }
  if (hasCode(thrown, 'EACCES', 'EPERM')) {
    return 'The system does not permit that. Choose another file.';
  }
  if (hasCode(thrown, 'ENOSPC')) {
    return 'The disk is full. Nothing can be written until there is room.';
  }
  const message = thrownMessage(thrown).split(folder).join('.');
  return `That did not work: ${oneLine(message, 300)}`;
}

// Names of tools

export function unknownTool(name: string): string {
  return `No tool is called "${oneLine(name, 80)}": name read, list, search, edit, write, shell or fetch, a tool of an MCP server as "server/tool", or remove it.`;
}

export function noHostedTool(name: string): string {
  return `The tool "${oneLine(name, 80)}" is not there: install the extension that has it, or remove it from the agent's tools.`;
}

export function patternNotKept(name: string): string {
  return `The pattern in "${oneLine(name, 80)}" is not kept to: say what the agent may change in "owns" and "never", or remove the pattern.`;
}

// Paths

export function pathOutside(path: string): string {
  return `"${shown(path)}" is outside the workspace copy. Name a path in it, relative to its root.`;
}

export function leadsOut(path: string): string {
  return `"${shown(path)}" leads through a link out of the workspace copy. Name a file that is in it.`;
}

export function badPath(path: string, why: string): string {
  return `The path "${shown(path)}" ${why}.`;
}

export function isGit(path: string): string {
  return `"${shown(path)}" belongs to Git itself, which no agent reads or changes.`;
}

export function notThere(path: string, near: readonly string[]): string {
  const hint =
    near.length === 0
      ? 'List its folder to see what is there.'
      : `Perhaps you mean ${near.map((name) => `"${shown(name)}"`).join(' or ')}.`;
  return `"${shown(path)}" is not there. ${hint}`;
}

export function unresolved(path: string): string {
  return `"${shown(path)}" cannot be followed to a file: a link in it is broken or leads in a circle.`;
}

export function isFolder(path: string): string {
  return `"${shown(path)}" is a folder. Name a file in it, or list it.`;
}

export function isNoFolder(path: string): string {
  return `"${shown(path)}" is not a folder. Name the folder it is in.`;
}

export function isNoFile(path: string): string {
  return `"${shown(path)}" is neither a file nor a folder. Name a regular file.`;
}

export function changedMeanwhile(path: string): string {
  return `"${shown(path)}" was exchanged at the same moment. Look again and repeat the call.`;
}

export function isLink(path: string): string {
  return `"${shown(path)}" is a link, which is not written through. Name the file it leads to.`;
}

export function isDependency(path: string): string {
  return `"${shown(path)}" is in a folder of dependencies, which may be read and not changed.`;
}

export function isProtected(path: string, name: string): string {
  return `"${shown(path)}" may not be changed: ${name} is protected, because it decides what runs on people's machines or what agents may do.`;
}

/** @param why the end of a sentence */
export function mayNotChange(path: string, why: string): string {
  return `"${shown(path)}" may not be changed: ${why.replace(/\.$/, '')}.`;
}

// Contents

export function isImage(path: string, bytes: number): string {
  return `"${shown(path)}" is an image (${formatBytes(bytes)}). This tool reads text only; work from its name and from what refers to it.`;
}

export function isBinaryFile(path: string, bytes: number): string {
  return `"${shown(path)}" is a binary file (${formatBytes(bytes)}). This tool reads text only.`;
}

export function isNotUtf8(path: string): string {
  return `"${shown(path)}" is not UTF-8 text, so it cannot be edited without damage.`;
}

export function isTooLarge(path: string, bytes: number, limit: number): string {
  return `"${shown(path)}" has ${formatBytes(bytes)}; at most ${formatBytes(limit)} can be edited.`;
}

export function behindTheEnd(path: string, lines: number): string {
  return `"${shown(path)}" has only ${count(lines, 'line')}. Ask for an earlier one.`;
}

// Edits

export const OLD_IS_NEW = 'The old and the new text are the same: nothing would change.';

/** @param near one-based lines that are like the first line of the text */
export function noMatch(path: string, near: readonly number[], indented: boolean): string {
  const hint = indented
    ? `It stands at ${lines(near)} with other white space: copy it exactly.`
    : near.length > 0
      ? `Its first line stands at ${lines(near)}, but not the rest: read the file there and copy it exactly.`
      : 'Read the file and copy the text exactly, with its white space.';
  return `The old text is not in "${shown(path)}". ${hint}`;
}

export function manyMatches(path: string, total: number, at: readonly number[]): string {
  const more = at.length < total ? ' and more' : '';
  return `The old text stands ${total} times in "${shown(path)}", at ${lines(at)}${more}. Give more of the lines around it so that it is unique, or set "all" to true.`;
}

function lines(numbers: readonly number[]): string {
  return `${numbers.length === 1 ? 'line' : 'lines'} ${numbers.join(', ')}`;
}

// Search

export function badPattern(message: string): string {
  return `The pattern cannot be used: ${oneLine(message, 400)}. Mend it, or set "literal" to true.`;
}

export function slowPattern(path: string): string {
  return `The pattern takes too long in "${shown(path)}". Write it without repetitions inside repetitions, or set "literal" to true.`;
}

export function badGlob(glob: string, fault: string): string {
  return `The glob "${shown(glob)}" ${fault}. Mend it.`;
}

// Shell

export function notThisCommand(prefixes: readonly string[]): string {
  return `The agent may run only single plain commands that begin with ${prefixes.map((one) => `"${oneLine(one, 80)}"`).join(' or ')}, without operators of the shell.`;
}

// Web

export function badAddress(address: string): string {
  return `"${shown(address)}" is not an address of the web. Give a whole one that begins with https:// or http://.`;
}

export const ADDRESS_WITH_LOGIN =
  'The address holds a user name or a password, which are not sent. Leave them out.';

export function privateAddress(host: string): string {
  return `"${shown(host)}" is on this machine or in a private network, which is not fetched from. Use a public address; a person can allow the host in the settings.`;
}

export function hostNotFound(host: string): string {
  return `The host "${shown(host)}" was not found. Check the address.`;
}

export function tooManyRedirects(most: number): string {
  return `The address redirects more than ${most} times. Use the final address.`;
}

export function badStatus(status: number, address: string): string {
  return `${shown(address)} answered with HTTP ${status}. Check the address.`;
}

export function notText(type: string): string {
  return `What is there is ${oneLine(type, 80)}, not text. Only text can be fetched.`;
}

export function bodyTooLarge(limit: number): string {
  return `What is there is larger than ${formatBytes(limit)}. Fetch something smaller.`;
}

export function tooSlow(ms: number): string {
  return `No whole answer came within ${Math.round(ms / 1000)} s. Try later, or another address.`;
}

export function fetchBroke(thrown: unknown): string {
  return `The address could not be fetched: ${oneLine(thrownMessage(thrown), 300)}`;
}

function shown(text: string): string {
  return oneLine(text, 200);
}
