import assert from 'node:assert/strict';
import { targetOnPage } from '../../../src/vscode/commandTarget.ts';
import type { Project } from '../../../src/vscode/project.ts';
import { pressRow } from '../../../src/vscode/views/rowPress.ts';

/** A view in which nothing is selected until so many moments have gone by. */
class View {
  readonly ran: string[] = [];
  moments = 0;
  readonly #selected: string | undefined;
  readonly #from: number;

  constructor(selected: string | undefined, from = 0) {
    this.#selected = selected;
    this.#from = from;
  }

  selected = () => (this.moments >= this.#from ? this.#selected : undefined);

  run = (command: string) => Promise.resolve(this.ran.push(command));

  moment = () => Promise.resolve((this.moments += 1));
}

describe('A press on a row', () => {
  it('does what the selected row does, without any argument', async () => {
    const view = new View('show a');
    await pressRow(view, []);
    assert.deepEqual([view.ran, view.moments], [['show a'], 0]);
  });

  it('waits while VS Code asks for the rows anew, and is not lost', async () => {
    const view = new View('show a', 3);
    await pressRow(view, []);
    assert.deepEqual([view.ran, view.moments], [['show a'], 3]);
  });

  it('does nothing where no row is selected, and does not wait for ever', async () => {
    const view = new View(undefined);
    await pressRow(view, []);
    assert.deepEqual([view.ran, view.moments], [[], 20]);
  });

  it('does nothing for whoever passes arguments', async () => {
    for (const foreign of [undefined, null, 'sluice.dropRun /13', { run: 'example-1' }, {}]) {
      const view = new View('show a');
      await pressRow(view, [foreign]);
      assert.deepEqual(view.ran, []);
    }
  });
});

describe('What the graph page and lenses hand to commands', () => {
  const project = { folder: { name: 'shop' } } as Project;
  const byUri = (folder: string) => (folder === 'file:///shop' ? project : undefined);
  const read = (context: unknown) => targetOnPage(byUri, context);
  const folder = 'file:///shop';

  it('names a run, a task, a workflow or an agent of a folder that is open', () => {
    assert.deepEqual(read({ folder, run: 'example-1' }), {
      kind: 'run',
      project,
      run: 'example-1',
    });
    assert.deepEqual(read({ folder, run: 'example-1', task: 'lint' }), {
      kind: 'task',
      project,
      run: 'example-1',
      task: 'lint',
    });
    assert.deepEqual(read({ folder, workflow: 'ship' }), {
      kind: 'workflow',
      project,
      name: 'ship',
    });
    assert.deepEqual(read({ folder, agent: 'writer' }), { kind: 'agent', project, name: 'writer' });
  });

  it('is nothing where it is foreign', () => {
    const foreign: readonly unknown[] = [
      undefined,
      null,
      7,
      'sluice.showOutput /13',
      [],
      {},
      { run: 'example-1' },
      { folder },
      { folder: 'file:///other', run: 'example-1' },
      { folder: 7, run: 'example-1' },
      { folder, run: 7 },
      { folder, run: '../../etc' },
      { folder, run: 'example-1/../..' },
      { folder, workflow: { name: 'ship' } },
      { folder, agent: 7 },
      { kind: 'run', project, run: 'example-1' },
    ];
    for (const context of foreign) {
      assert.equal(read(context), undefined, JSON.stringify(context));
    }
  });
});
