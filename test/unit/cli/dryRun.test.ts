import assert from 'node:assert/strict';
import { TempProject } from '../../support/project.ts';
import { CapturedTerminal, objects, sluice, sluiceOn } from './commandLine.ts';

describe('sluice run --dry-run', function () {
  this.timeout(20_000);

  let project: TempProject;
  beforeEach(() => {
    project = new TempProject();
    project.agent('works', `note('worked');`, { tools: ['x'] });
    project.workflow(
      'three',
      {
        lint: { agent: 'works' },
        test: { agent: 'works', matrix: { node: [20, 22] }, produces: 'report.md' },
        ask: { needs: ['lint', 'test'], gate: 'Keep it?' },
      },
      { inputs: { mode: { default: 'quick' } } },
    );
  });
  afterEach(() => project.dispose());

  it('tells what a run would need and do, and starts nothing', async () => {
    const { code, out, err } = await sluice(project, 'run', 'three', '--dry-run');
    assert.equal(code, 0);
    assert.equal(err, '');
    const node = process.execPath;
    assert.equal(
      out.replace(/[\d.]+ [KMG]B free/, '… free'),
      `✓ three · .sluice/workflows/three.json · Ready to run

Steps
#  step  agent  runner    tasks  time      cost  file
1  lint  works  command   1      unknown   0     .sluice/agents/works.json
2  test  works  command   2      unknown   0     .sluice/agents/works.json
3  ask          a person  1      a person

Details
lint  ${node} is there: ${node}
      writes: anything in its copy
test  ${node} is there: ${node}
      writes: anything in its copy; produces report.md
      2 lanes: test.20, test.22

Together
1.  lint, test
2.  ask

  1 2 3
1 · + -  lint
2 + · -  test
3 - - ·  ask
+ may run at the same time, - one waits for the other, ! may change the same files

In short
tasks          3 tasks and 1 gate, at most 5 at once
expected       unknown
work           unknown
cost           0, no model is asked
critical path  lint → ask (unknown)
inputs         mode=quick
works on       the folder as it is when the run starts; … free for copies
`,
    );
    assert.deepEqual(project.notes(), []);
    assert.equal((await sluice(project, 'runs')).out, 'Nothing has run here yet.\n');
  });

  it('tells how a step is shut in, the command of a check, and which files tasks begin with', async () => {
    project.workflow(
      'shut',
      { lint: { agent: 'works', sandbox: { cpus: 2, memory: '1gb', disk: '512mb' } } },
      { validate: [['node', '--eval', 'let it = 1']], base: 'head' },
    );
    project.repository.commit();
    const { out } = await sluice(project, 'run', 'shut', '--dry-run');
    assert.match(
      out,
      /\n {10}sandbox: no network, 2 processors, 1\.0 GB of memory, 512 MB of disk, at most 5 min\n/,
    );
    assert.match(out, /\nvalidate +command: node --eval 'let it = 1'\n/);
    assert.match(
      out,
      /\nworks on +the last commit, on main at [0-9a-f]{7}, without what is not committed; /,
    );
  });

  it('ends with 2 where the run cannot work, and says first what stands in the way', async () => {
    project.command('gone', ['no-such-program'], { install: 'npm i no-such-program' });
    project.workflow('bad', { only: { agent: 'gone' } });
    const { code, out } = await sluice(project, 'run', 'bad', '--dry-run');
    assert.equal(code, 2);
    assert.match(
      out,
      /^✗ bad · .* · It cannot work: 1 error\n\nFindings\n✗ The command "no-such-program" was not found\.\n {2}only · \.sluice\/workflows\/bad\.json:1:\d+ · Install it: npm i no-such-program\n\nSteps\n/,
    );
  });

  it('ends with 2 for inputs that are missing and for a file with errors', async () => {
    project.workflow('asks', { only: { agent: 'works' } }, { inputs: { name: {} } });
    const missing = await sluice(project, 'run', 'asks', '--dry-run');
    assert.equal(missing.code, 2);
    assert.match(missing.out, /✗ The input name has no value\.\n.*Give a value for name\.\n/);
    assert.equal((await sluice(project, 'run', 'asks', '-i', 'name=x', '--dry-run')).code, 0);

    project.workflow('broken', { only: { agent: 'nobody' } });
    const broken = await sluice(project, 'run', 'broken', '--dry-run');
    assert.equal(broken.code, 2);
    assert.match(broken.out, /nobody/);
  });

  it('gives the whole of it as one object', async () => {
    const { code, out } = await sluice(
      project,
      'run',
      'three',
      '--dry-run',
      '--json',
      '--sequential',
    );
    assert.equal(code, 0);
    const [report, ...others] = objects(out);
    assert.deepEqual(others, []);
    assert.equal(report?.['verdict'], 'ready');
    assert.deepEqual(report['together'], {
      ranks: [['lint', 'test'], ['ask']],
      apart: [[[2, 2]], [[2, 2]], [[0, 1]]],
      clashes: [],
      moreClashes: 0,
    });
    assert.equal((report['expected'] as { maxParallel: number }).maxParallel, 1);
  });

  it('does not let texts of files write to the terminal what they like', async () => {
    const evil = 'a\u001b[2Jb\u202ec\nd';
    project.command(evil, [`${evil}-program`], { install: evil });
    project.workflow(evil.replace('\n', ''), { only: { agent: evil } }, { description: evil });
    project.write(
      '.sluice/workflows/evil.json',
      JSON.stringify({ name: 'evil', steps: { only: { agent: evil } } }),
    );
    const terminal = new CapturedTerminal({ live: true, colour: true });
    const { out } = await sluiceOn(terminal, project, 'run', 'evil', '--dry-run');
    // eslint-disable-next-line no-control-regex -- what must not be there
    assert.doesNotMatch(out.replace(/\u001b\[\d+m/g, ''), /[\u0000-\u0009\u000b-\u001f\u202e]/);
    assert.match(out, /✗/);
  });
});
