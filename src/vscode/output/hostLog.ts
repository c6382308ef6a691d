import type { LogOutputChannel } from 'vscode';
import { logLine, type Log } from '../../core/base/log.ts';
import { redactor } from '../../core/base/redact.ts';
import { plainText, thrownText } from '../../core/base/text.ts';

/** Longer lines nobody reads, and the channel keeps all of them. */
const LONGEST = 20_000;

const hideSecrets = redactor(() => []);

/** What is written to a channel: with the run and the task it is about, plain, and without secrets. */
export function hostLog(channel: Pick<LogOutputChannel, 'debug' | 'info' | 'warn' | 'error'>): Log {
  return {
    debug: (message, about) => channel.debug(shown(logLine(message, about))),
    info: (message, about) => channel.info(shown(logLine(message, about))),
    warn: (message, about) => channel.warn(shown(logLine(message, about))),
    error: (message, thrown, about) => {
      const text = thrown === undefined ? message : `${message}: ${thrownText(thrown)}`;
      channel.error(shown(logLine(text, about)));
    },
  };
}

/** Secrets are looked for in the whole: a cut one is not known any more. */
function shown(line: string): string {
  const text = hideSecrets(plainText(line));
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} …`;
}
