import assert from 'node:assert/strict';
import { TempProject } from '../../support/project.ts';
import { objects, sluice } from './commandLine.ts';

describe('sluice request-changes, and what approve carries', function () {
  this.timeout(20_000);

  let project: TempProject;

  beforeEach(() => {
    project = new TempProject();
    project.agent('works', `note('works'); fs.writeFileSync('report.md', 'made');`);
    // make --> ask
    project.workflow('guarded', {
      make: { agent: 'works', produces: 'report.md' },
      ask: { needs: 'make', gate: { ask: 'Keep it?', show: 'report.md' } },
    });
    project.workflow('choosing', {
      make: { agent: 'works', produces: 'report.md' },
      ask: { needs: 'make', gate: { ask: 'Which colour?', choices: ['blue', 'red'] } },
    });
    project.workflow('same', { ask: { gate: 'The same everywhere?' } });
    project.workflow('twice', {
      one: { gate: 'The same everywhere?' },
      two: { gate: 'The same everywhere?' },
      three: { gate: 'Another?' },
    });
  });
  afterEach(() => project.dispose());

  it('make what a gate asks about again, and ask anew with what was wanted', async () => {
    await sluice(project, 'run', 'guarded');
    const { code, out } = await sluice(
      project,
      ...['request-changes', '1', 'ask', '--note', 'shorter, please'],
    );
    assert.equal(code, 3, 'it waits again');
    assert.match(out, /\? ask +waiting/);
    assert.deepEqual(project.notes(), ['works', 'works']);
    const told = (await sluice(project, 'gates')).out;
    assert.match(told, / {2}ask of guarded-1: .+ wanted changes just now; /);
    const page = (await sluice(project, 'show', '1', 'ask')).out;
    assert.match(page, /\nby make: works\n/);
    assert.match(page, /\nreport\.md is there \(/);
    assert.match(page, /\nreport\.md added by make \(/);
    assert.match(page, / to make, just now: shorter, please\n/);
  });

  it('refuse to have nothing changed, by nobody, or by who did not make it', async () => {
    await sluice(project, 'run', 'guarded');
    await sluice(project, 'run', 'same');
    const refused = async (...args: readonly string[]) => {
      const { code, err } = await sluice(project, 'request-changes', ...args);
      return [code, err.trim()];
    };
    assert.deepEqual(await refused('1', 'ask', '--note', ' '), [
      2,
      'sluice: Say with --note what is to be changed.',
    ]);
    const [code, stranger] = await refused('1', 'ask', '--note', 'x', '--task', 'nobody');
    assert.equal(code, 1);
    assert.match(String(stranger), /"nobody" is no task before the gate/);
    assert.match(String((await refused('2', 'ask', '--note', 'x'))[1]), /nobody can make again/);
    assert.match(String((await refused('1', 'ask'))[1]), /required option '--note <text>'/);
  });

  it('say what there is to choose, and take nothing else', async () => {
    await sluice(project, 'run', 'choosing');
    assert.match((await sluice(project, 'gates')).out, /choose one: blue, red/);
    const told = async (...args: readonly string[]) => {
      const { code, err } = await sluice(project, 'approve', '1', 'ask', ...args);
      return [code, err.trim()];
    };
    assert.deepEqual(await told(), [
      2,
      'sluice: "ask" asks for a choice: --choice <one of blue, red>.',
    ]);
    assert.deepEqual(await told('--choice', 'green'), [
      2,
      'sluice: "ask" has no choice "green", only blue, red.',
    ]);
    assert.equal((await told('--choice', 'red'))[0], 0);
    const [answered] = objects((await sluice(project, 'show', '1', 'ask', '--json')).out);
    assert.equal(answered?.['state'], 'approved');
  });

  it('take no choice where the gate asks for none', async () => {
    await sluice(project, 'run', 'same');
    const { code, err } = await sluice(project, 'approve', '1', 'ask', '--choice', 'red');
    assert.deepEqual([code, err], [2, 'sluice: "ask" asks for no choice; leave out --choice.\n']);
  });

  it('approve all gates that ask the same, in this run and others, and no other gate', async () => {
    await sluice(project, 'run', 'same');
    await sluice(project, 'run', 'twice');
    assert.match((await sluice(project, 'gates')).out, /ask of same-1: 2 more ask the same/);
    const { code, out, err } = await sluice(project, 'approve', 'same-1', 'ask', '--identical');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /one of twice-2 is approved\.\ntwo of twice-2 is approved\.\n/);
    assert.match(out, /same-1 · succeeded/);
    assert.match(out, /twice-2 · waiting/);
    assert.equal((await sluice(project, 'gates')).out, 'twice-2  three  Another?\n');
  });
});
