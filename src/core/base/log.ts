/** What a line of the log is about, so that all lines of one run or one task can be found. */
export interface LogAbout {
  readonly run?: string | undefined;
  readonly task?: string | undefined;
}

/** Where the detail goes that people do not need to see. Every line may carry a run and a task. */
export interface Log {
  debug(message: string, about?: LogAbout): void;
  info(message: string, about?: LogAbout): void;
  warn(message: string, about?: LogAbout): void;
  error(message: string, thrown?: unknown, about?: LogAbout): void;
}

/** A log whose every line is about this. What a line itself says it is about counts before it. */
export function logAbout(log: Log, about: LogAbout): Log {
  return {
    debug: (message, more) => log.debug(message, { ...about, ...more }),
    info: (message, more) => log.info(message, { ...about, ...more }),
    warn: (message, more) => log.warn(message, { ...about, ...more }),
    error: (message, thrown, more) => log.error(message, thrown, { ...about, ...more }),
  };
}

/** One line as people read and search it: `[run=release-3 task=api] The result could not be kept`. */
export function logLine(message: string, about: LogAbout = {}): string {
  const fields = Object.entries(about).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string' ? [`${name}=${value}`] : [],
  );
  return fields.length === 0 ? message : `[${fields.join(' ')}] ${message}`;
}
