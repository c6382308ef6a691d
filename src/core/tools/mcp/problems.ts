import { oneLine } from '../../base/text.ts';

// What people are told about MCP servers. One sentence each: what is wrong, and what to do.

/** Most characters of what a server or a system says. */
const QUOTED_LENGTH = 300;

export function quoted(text: string): string {
  return oneLine(text, QUOTED_LENGTH);
}

export function fileNotRead(file: string, why: string): string {
  return `${file} cannot be read, so its MCP servers are not there: ${quoted(why)}.`;
}

export function fileMistaken(file: string, line: number, column: number, why: string): string {
  return `${file}, line ${line}, column ${column}: ${why}; its MCP servers are not there.`;
}

export function fileMisshapen(file: string, key: string): string {
  return `${file}: "${key}" is to be an object with the settings of each MCP server by its name.`;
}

/** @param file where the server is declared, for people */
export function notStarted(name: string, file: string, why: string): string {
  return `The MCP server ${oneLine(name)} of ${file} is not started: ${why}.`;
}

/** @param files where servers are declared */
export function noSuchServer(name: string, files: readonly string[]): string {
  return `No MCP server ${oneLine(name)} is declared; add it to ${files.join(' or ')}, or take it out of the agent's file.`;
}

/** @param has tools of the server */
export function noSuchTool(tool: string, server: string, has: readonly string[]): string {
  const known = has.length === 0 ? 'it has none' : `it has ${quoted(has.join(', '))}`;
  return `The MCP server ${oneLine(server)} has no tool "${oneLine(tool)}"; ${known}.`;
}

export function toolLeftOut(server: string, tool: string, why: string): string {
  return `The tool ${oneLine(tool)} of the MCP server ${oneLine(server)} is left out: ${why}.`;
}

/** For the model. */
export function callFailed(server: string, why: string): string {
  return `The MCP server ${oneLine(server)} did not do it: ${why}.`;
}
