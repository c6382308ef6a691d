import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { nodeDisk } from '../../../src/core/base/disk.ts';
import { readJournal } from '../../../src/core/journal/reader.ts';
import { Sluice } from '../../../src/core/sluice.ts';
import { PowerDisk } from '../../long/faults/powerDisk.ts';
import { TempProject } from '../../support/project.ts';

describe('A run that was shown', function () {
  this.timeout(60_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.workflow('asks', { ask: { gate: 'Go on?' } });
  });
  afterEach(() => project.dispose());

  /** Starts it on this disk, until the gate is open or the disk is dead; returns what people were shown of it. */
  async function shownOf(power: PowerDisk): Promise<{ started: boolean; events: number }> {
    const shown = { started: false, events: 0 };
    const sluice = await Sluice.open(project.folder, { ...project.ports(), disk: power.disk });
    const opened = new Promise<void>((resolve) => {
      sluice.onDidAppend((events) => {
        // Who drives it is told at once: that changes with the death of the program anyway.
        const facts = events.filter(({ type }) => type !== 'run-claimed');
        shown.events = Math.max(shown.events, ...facts.map(({ seq }) => seq));
        if (events.some(({ type }) => type === 'gate-opened')) {
          resolve();
        }
      });
    });
    const entry = await sluice.findWorkflow('asks');
    assert.equal(entry?.kind, 'valid');
    const { workflow } = entry;
    const request = { workflow, inputs: {}, approveGate: () => false, leaveAtGates: false };
    // What kept it from starting is the fault itself.
    const started = await sluice.start(request).catch(() => undefined);
    if (started?.ok === true) {
      shown.started = true;
      await Promise.race([opened, started.value.ended]);
    }
    await power.idle();
    power.losePower(() => 'dropped');
    await sluice.close();
    return shown;
  }

  async function standing(): Promise<number> {
    const runs = path.join(project.folder, '.git/sluice/runs');
    const names = fs.existsSync(runs) ? fs.readdirSync(runs) : [];
    const readings = await Promise.all(
      names.map((name) => readJournal(nodeDisk, path.join(runs, name))),
    );
    return Math.max(0, ...readings.map(({ events }) => events.length));
  }

  it('stays as it was shown when the power goes, at any operation of the disk', async () => {
    const store = path.join(project.folder, '.git/sluice');
    let starts = 0;
    for (let at = 1, wasHit = true; wasHit; at += 1) {
      fs.rmSync(store, { recursive: true, force: true });
      const power = new PowerDisk({ kind: 'stop', at, moment: 'before' });
      const shown = await shownOf(power);
      const least = Math.max(shown.events, shown.started ? 1 : 0);
      const found = await standing();
      assert.ok(found >= least, `operation ${at}: ${least} events were shown, ${found} stand`);
      starts += shown.started ? 1 : 0;
      wasHit = power.hit;
    }
    assert.ok(starts >= 3, `${starts} starts were acknowledged`);
  });
});
