import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  bootId,
  isAlive,
  ownProcess,
  startTimeOf,
  statOf,
} from '../../../src/core/base/processes.ts';
import { processTable, psTable } from '../../../src/core/runners/processTable.ts';
import { fixture, itOnLinux } from './commandRig.ts';

async function started(variables: Record<string, string> = {}) {
  const child = spawn(process.execPath, [fixture('never.mjs')], {
    detached: true,
    env: variables,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  assert.ok(child.pid !== undefined);
  return { child, pid: child.pid };
}

describe('a process', () => {
  it('knows itself', () => {
    const own = ownProcess();
    assert.equal(own.pid, process.pid);
    assert.equal(own.startedAt, startTimeOf(process.pid));
    assert.ok(isAlive(own.pid, own.startedAt));
  });

  itOnLinux('is not one of another start time or another boot', () => {
    const { pid, startedAt } = ownProcess();
    assert.ok(startedAt.startsWith(bootId()));
    assert.ok(!isAlive(pid, `${startedAt}0`));
    assert.ok(!isAlive(pid, startedAt.replace(bootId(), 'another-boot')));
  });

  it('that never was is neither alive nor started', () => {
    const beyondAnyLimit = 2 ** 30;
    assert.equal(startTimeOf(beyondAnyLimit), '');
    assert.ok(!isAlive(beyondAnyLimit, ''));
  });

  itOnLinux('that has ended and is not yet waited for is not alive', async () => {
    const { child, pid } = await started();
    const startedAt = startTimeOf(pid);
    process.kill(pid, 'SIGKILL');
    // The loop does not turn here, so nothing waits for the child while its end is awaited.
    while (statOf(pid)?.state !== 'Z');
    assert.ok(!isAlive(pid, startedAt));
    assert.ok(!isAlive(pid, ''));
    assert.equal(startTimeOf(pid), startedAt);
    await once(child, 'exit');
  });
});

describe('the process table', () => {
  itOnLinux('shows where a process belongs, when it started and its variables', async () => {
    const { child, pid } = await started({ COLOUR: 'blue', EMPTY: '' });
    const table = await processTable(ownProcess().startedAt);
    const listed = table.find((each) => each.pid === pid);
    assert.ok(listed !== undefined);
    const { environment, ...place } = listed;
    assert.deepEqual(place, {
      pid,
      parent: process.pid,
      group: pid,
      session: pid,
      startedAt: startTimeOf(pid),
      isStarting: false,
    });
    assert.ok(environment.includes('COLOUR=blue') && environment.includes('EMPTY='));
    assert.equal(
      table.some((listed) => listed.pid === process.pid),
      false,
    );
    child.kill('SIGKILL');
  });

  itOnLinux('does not ask for the variables of older processes', async () => {
    const { child, pid } = await started({ COLOUR: 'blue' });
    const later = startTimeOf(pid).replace(/\d+$/, (ticks) => String(Number(ticks) + 1));
    const table = await processTable(later);
    assert.deepEqual(table.find((listed) => listed.pid === pid)?.environment, []);
    child.kill('SIGKILL');
  });

  (process.platform === 'win32' ? it.skip : it)('can be had from ps', async () => {
    const { child, pid } = await started();
    const listed = (await psTable()).find((each) => each.pid === pid);
    assert.equal(listed?.parent, process.pid);
    assert.equal(listed.group, pid);
    assert.match(listed.startedAt, /^\w{3} \w{3} \d+ \d\d:\d\d:\d\d \d{4}$/);
    child.kill('SIGKILL');
  });
});
