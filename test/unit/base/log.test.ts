import assert from 'node:assert/strict';
import fc from 'fast-check';
import { logAbout, logLine, type Log, type LogAbout } from '../../../src/core/base/log.ts';
import { redactor } from '../../../src/core/base/redact.ts';
import { hostLog } from '../../../src/vscode/output/hostLog.ts';

function kept(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  return { log: hostLog({ debug: keep, info: keep, warn: keep, error: keep }), lines };
}

/** One line on each level. */
function sayAll(log: Log, text: string, about?: LogAbout): void {
  log.debug(text, about);
  log.info(text, about);
  log.warn(text, about);
  log.error(text, undefined, about);
  log.error('It broke off', new Error(text), about);
}

describe('A line of the log', () => {
  it('carries the run and the task it is about, as fields that can be searched for', () => {
    assert.equal(logLine('Kept'), 'Kept');
    assert.equal(logLine('Kept', { run: 'release-3' }), '[run=release-3] Kept');
    assert.equal(
      logLine('Kept', { run: 'release-3', task: 'test (node: 20)' }),
      '[run=release-3 task=test (node: 20)] Kept',
    );
    assert.equal(logLine('Kept', { run: undefined, task: 'api' }), '[task=api] Kept');
  });

  it('of a log about a run carries the run on each level, and the task it names itself', () => {
    const { log, lines } = kept();
    sayAll(logAbout(logAbout(log, { run: 'release-3' }), { task: 'api' }), 'so');
    sayAll(logAbout(log, { run: 'release-3', task: 'api' }), 'so', { task: 'web' });
    assert.deepEqual(
      lines.map((line) => line.split('\n')[0]),
      ['api', 'web'].flatMap((task) => [
        ...Array<string>(4).fill(`[run=release-3 task=${task}] so`),
        `[run=release-3 task=${task}] It broke off: Error: so`,
      ]),
    );
  });

  it('never carries a secret, nor what would act on a terminal', () => {
    const secret = fc.constantFrom(
      `ghp_${'a1'.repeat(18)}`,
      `sk-ant-${'a1B2'.repeat(8)}`,
      `AKIA${'A1B2'.repeat(4)}`,
      `glpat-${'x9'.repeat(10)}`,
    );
    const words = fc.string({ unit: 'grapheme', maxLength: 40 });
    const hide = redactor(() => []);
    fc.assert(
      fc.property(words, secret, words, (before, key, after) => {
        const { log, lines } = kept();
        sayAll(log, `${before} ${key} ${after}`, { run: 'r-1', task: `t ${key}` });
        for (const line of lines) {
          assert.ok(!line.includes(key), line);
          assert.equal(hide(line), line, 'nothing more is found in it');
          // eslint-disable-next-line no-control-regex -- they are what is looked for
          assert.doesNotMatch(line, /[\u0000-\u0008\u001b\u202e]/);
        }
      }),
    );
  });

  it('is cut where nobody reads on, after its secrets are hidden', () => {
    const { log, lines } = kept();
    const key = `ghp_${'a1'.repeat(18)}`;
    log.info(`${'x '.repeat(9_990)}${key}${'y'.repeat(50_000)}`);
    assert.ok((lines[0]?.length ?? 0) <= 20_002);
    assert.ok(!lines[0]?.includes('ghp_a1a1'), lines[0]?.slice(-80));
  });
});
