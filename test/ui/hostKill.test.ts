import assert from 'node:assert/strict';
import { isAlive } from '../../src/core/base/processes.ts';
import { killAll } from '../host/processes.ts';
import { commands, container, views } from './support/names.ts';
import { says } from './support/rows.ts';
import { Scratch } from './support/scratch.ts';
import { SluiceWindow } from './support/sluiceWindow.ts';
import type { TestFolder } from './support/testFolder.ts';
import { until } from './support/until.ts';
import { closeAfter } from './support/windowHooks.ts';

// The real extension host dies by SIGKILL in the middle of a run. VS Code starts it again, twice in five minutes.

const KILLS = 2;

describe('a window whose extension host is killed', function () {
  this.timeout(180_000);
  const scratch = new Scratch();
  let folder: TestFolder;
  let window: SluiceWindow;

  before(async () => {
    folder = scratch.repository('killed');
    // Each step takes long enough to be cut off.
    folder.agent('work', `setTimeout(() => {}, 800);`);
    const lane = (...needs: string[]) => ({
      agent: 'work',
      needs,
      matrix: { step: ['one', 'two', 'three', 'four'] },
    });
    folder.workflow('lanes', { first: lane(), second: lane('first'), third: lane('second') });
    folder.git('add', '--all');
    folder.git('commit', '--quiet', '--message', 'Add a workflow');
    window = await SluiceWindow.open({ target: { folder: folder.path } });
    await window.workbench.openViewContainer(container);
    await window.workbench.row(views.workflows, 'lanes').waitFor();
  });

  closeAfter(() => window, scratch);

  it('goes on with the run each time, repeats nothing that was done, and leaves no process', async () => {
    await window.workbench.choose(commands.runWorkflow, 'lanes');
    const run = 'lanes-1';
    await window.workbench.row(views.runs, run).waitFor();
    const moments = Array.from(
      { length: KILLS },
      (_, n) => 4 + n * 14 + Math.floor(Math.random() * 8),
    );
    console.log(`      killed after events ${moments.join(' and ')}`);
    const killed: number[] = [];
    for (const [kills, moment] of moments.entries()) {
      const isThere = async () => {
        const events = await folder.events(run);
        // Many things happen at once: the moment may be there before whoever goes on has taken the run over.
        const claims = events.filter(({ type }) => type === 'run-claimed').length;
        return events.length >= moment && claims > kills;
      };
      await until(`event ${moment} of program ${kills + 1}`, isThere, { every: 10 });
      const hosts = window.server.extensionHosts();
      assert.ok(hosts.length > 0, 'an extension host runs');
      killed.push((await folder.events(run)).length);
      killAll(hosts);
      await until('another extension host', () =>
        Promise.resolve(window.server.extensionHosts().some((host) => !hosts.includes(host))),
      );
    }
    await says(window, run, /^succeeded/, { timeout: 60_000 });

    const events = await folder.events(run);
    const done = events.flatMap((event) => (event.type === 'task-succeeded' ? event.task : []));
    assert.equal(done.length, 12);
    assert.equal(new Set(done).size, 12, 'each task has succeeded once');
    for (const task of done) {
      const end = events.findIndex((one) => one.type === 'task-succeeded' && one.task === task);
      const later = events
        .slice(end)
        .filter((one) => one.type === 'task-started' && one.task === task);
      assert.deepEqual(later, [], `${task} began again after it was done`);
    }
    const claims = events.filter(({ type }) => type === 'run-claimed').length;
    assert.equal(claims, KILLS + 1, `the run was taken over after events ${killed.join(' and ')}`);
    const begun = events.flatMap((event) => (event.type === 'task-process' ? event.process : []));
    const living = begun.filter(({ pid, startedAt }) => isAlive(pid, startedAt));
    assert.deepEqual(living, [], 'processes of the run that are left');
  });
});
