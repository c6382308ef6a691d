import { findSourceMap } from 'node:module';

/**
 * Makes stack traces name lines of the sources. For bundles loaded from now on. Node's own mapping is not enough:
 * VS Code's extension host has its own preparation of stack traces, which Node respects.
 */
export function useSourceStacks(): void {
  process.setSourceMapsEnabled(true);
  Error.prepareStackTrace = (error: Error, frames: readonly NodeJS.CallSite[]) =>
    [String(error), ...frames.map((frame) => `    at ${inSource(frame)}`)].join('\n');
}

function inSource(frame: NodeJS.CallSite): string {
  const file = frame.getFileName() ?? '<anonymous>';
  const line = frame.getLineNumber() ?? 0;
  const column = frame.getColumnNumber() ?? 0;
  const origin = findSourceMap(file)?.findOrigin(line, column);
  const place =
    origin && 'fileName' in origin
      ? `${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}`
      : `${file}:${line}:${column}`;
  const caller = frame.getFunctionName();
  return caller ? `${caller} (${place})` : place;
}
