import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { cut, paint, processTerminal } from '../../../src/cli/terminal.ts';
import { TempProject } from '../../support/project.ts';
import { CapturedTerminal, sluiceOn } from './commandLine.ts';

// eslint-disable-next-line no-control-regex -- that is what is looked for
const COLOUR = /\u001b\[\d+m/;
// eslint-disable-next-line no-control-regex -- as above
const ANY_ESCAPE = /\u001b/;

/** A process as far as a terminal needs one. */
function processWith(isTTY: boolean, env: Readonly<Record<string, string>> = {}): NodeJS.Process {
  const stream = () =>
    Object.assign(new EventEmitter(), { isTTY, columns: 120, write: () => true });
  return { stdin: stream(), stdout: stream(), stderr: stream(), env } as unknown as NodeJS.Process;
}

describe('The terminal of a process', () => {
  it('is live and coloured when it is a screen', () => {
    const { live, colour, width } = processTerminal(processWith(true, { TERM: 'xterm' }));
    assert.deepEqual({ live, colour, width }, { live: true, colour: true, width: 120 });
  });

  it('is neither in a pipe, nor on a terminal that cannot move its cursor', () => {
    for (const terminal of [
      processTerminal(processWith(false)),
      processTerminal(processWith(true, { TERM: 'dumb' })),
    ]) {
      const { live, colour, width } = terminal;
      assert.deepEqual({ live, colour, width }, { live: false, colour: false, width: Infinity });
    }
  });

  it('has no colours where NO_COLOR is set, unless it is set to nothing', () => {
    const colourWith = (NO_COLOR: string) =>
      processTerminal(processWith(true, { NO_COLOR })).colour;
    assert.deepEqual(['1', '0', ''].map(colourWith), [false, false, true]);
    assert.equal(paint(processTerminal(processWith(true, { NO_COLOR: '1' })), 'red', 'x'), 'x');
  });

  it('cuts a line to its width, in which colours take no room', () => {
    const coloured = '\u001b[1mab\u001b[22mc😀d';
    assert.deepEqual(
      [0, 2, 4, 9].map((width) => cut(coloured, width)),
      ['\u001b[1m\u001b[22m', '\u001b[1mab\u001b[22m', '\u001b[1mab\u001b[22mc😀', coloured],
    );
  });

  it('asks a person with yes or no, of which no is the usual one', async () => {
    const answered = async (typed: string | undefined) => {
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      const { confirm } = processTerminal({ ...processWith(true), stdin } as never);
      const answer = confirm?.('Sure?');
      stdin.end(typed);
      return await answer;
    };
    for (const typed of ['y\n', ' YES \n']) {
      assert.equal(await answered(typed), true, typed);
    }
    for (const typed of ['\n', 'n\n', 'yesterday\n', undefined]) {
      assert.equal(await answered(typed), false, typed);
    }
  });

  it('asks nobody where nobody could answer', () => {
    assert.equal(processTerminal(processWith(false)).confirm, undefined);
    const typing = { ...processWith(true), stdin: { isTTY: false } };
    assert.equal(processTerminal(typing as never).confirm, undefined);
  });

  it('outlives whoever was reading from it', () => {
    const pipe = processWith(false);
    processTerminal(pipe);
    assert.doesNotThrow(() => pipe.stdout.emit('error', new Error('write EPIPE')));
  });
});

describe('A run on a screen', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.agent('works', `console.log('x'); fs.writeFileSync('made.txt', '');`);
    project.agent('fails', `process.exitCode = 1;`);
    project.workflow('two', {
      good: { agent: 'works', produces: 'made.txt' },
      bad: { agent: 'fails' },
    });
  });
  afterEach(() => project.dispose());

  /** What a person sees in the end: the screen after all that was written to it. */
  function screenAfter(written: string): string[] {
    const lines = [''];
    let row = 0;
    // eslint-disable-next-line no-control-regex -- the sequences a screen obeys
    for (const [piece] of written.matchAll(/\u001b\[\d*[A-Za-z]|\n|[^\u001b\n]+/g)) {
      const up = /^.\[(\d+)A$/.exec(piece)?.[1];
      if (up !== undefined) {
        row -= Number(up);
        assert.ok(row >= 0, 'above the first line');
      } else if (piece === '\n') {
        row += 1;
        lines[row] ??= '';
      } else if (piece.endsWith('[2K')) {
        lines[row] = '';
      } else if (piece.endsWith('[J')) {
        lines.length = row + 1;
        lines[row] = '';
      } else if (!COLOUR.test(piece)) {
        lines[row] = `${lines[row] ?? ''}${piece}`;
      }
    }
    return lines.map((line) => line.replace(/\d+(?:\.\d)? m?s\b/g, 'SOME'));
  }

  it('has one line a task, written over as it changes, and leaves the whole behind', async () => {
    const terminal = new CapturedTerminal({ live: true, colour: true });
    const { code, out } = await sluiceOn(terminal, project, 'run', 'two');
    assert.equal(code, 4);
    assert.deepEqual(
      screenAfter(out),
      [
        'two-1 · degraded · 1 of 2 done · 1 failed · checkout untouched · SOME',
        '  ✓ good  succeeded  SOME',
        '  ✗ bad   failed     "…/node" exited with code 1',
        '  good is on ai/generated/two-1/good (made.txt)',
        '  bad: Read its output. If this code means success, add it to success-codes in the agent file.',
        '',
      ].map((line) => line.replace('…/node', process.execPath)),
    );
    assert.match(out, COLOUR);
  });

  it('is drawn without colours where they are not wanted', async () => {
    const terminal = new CapturedTerminal({ live: true });
    const { out } = await sluiceOn(terminal, project, 'run', 'two');
    assert.doesNotMatch(out, COLOUR);
    assert.match(out, ANY_ESCAPE);
    assert.equal(screenAfter(out).length, 6);
  });

  it('never has a line that is wider than the screen while it is drawn', async () => {
    project.workflow('wide', {
      [`a${'-very'.repeat(10)}-long-name`]: { agent: 'fails' },
      ask: { gate: `Is it ${'very '.repeat(40)}long?` },
    });
    const terminal = new CapturedTerminal({ live: true });
    const { code, out } = await sluiceOn(terminal, project, 'run', 'wide');
    assert.equal(code, 3);
    const drawn = out.slice(0, out.lastIndexOf('\u001b[J'));
    // eslint-disable-next-line no-control-regex -- what takes no room
    const widths = drawn.split('\n').map((line) => line.replace(/\u001b\[\d*[A-Za-z]/g, '').length);
    assert.ok(Math.max(...widths) <= 80, String(Math.max(...widths)));
  });

  it('that has no run on it is coloured all the same', async () => {
    const terminal = new CapturedTerminal({ live: true, colour: true });
    const { out } = await sluiceOn(terminal, project, 'validate');
    assert.match(out, COLOUR);
  });
});
