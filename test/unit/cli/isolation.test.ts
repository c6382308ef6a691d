import assert from 'node:assert/strict';
import { DEFAULT_LANDING_RULES } from '../../../src/core/domain/landing.ts';
import { TempProject } from '../../support/project.ts';
import { runId, seen } from '../../support/runs.ts';
import { sluice } from './commandLine.ts';

describe('sluice run, apart from the user’s files', function () {
  this.timeout(20_000);

  let project: TempProject;
  beforeEach(() => {
    project = new TempProject();
    project.agent('works', `fs.writeFileSync('report.md', 'made');`);
    project.workflow('good', { first: { agent: 'works', produces: 'report.md' } });
    project.repository.commit();
  });
  afterEach(() => project.dispose());

  /** The plan of the first run, as another program finds it. */
  async function planned() {
    const { plan } = seen(await project.open(), runId('good-1'));
    return plan;
  }

  it('takes its base, prefix, author and the rest from the command line', async () => {
    const { code, out, err } = await sluice(
      project,
      ...['run', 'good', '--base', 'head', '--branch-prefix', 'robots', '--author', 'Ada <a@b.c>'],
      ...['--on-checkout-change', 'tell', '--correlation-id', 'ticket-7'],
    );
    assert.equal(code, 0, out + err);
    assert.match(out, /first is on robots\/good-1\/first \(report\.md\)\n/);
    const plan = await planned();
    assert.equal(plan.baseTree, 'head');
    assert.deepEqual(plan.landing, { prefix: 'robots', author: { name: 'Ada', email: 'a@b.c' } });
    assert.equal(plan.checkout?.onChange, 'tell');
    assert.equal(plan.correlation, 'ticket-7');
    const commit = project.repository.git(
      'log',
      '-1',
      '--format=%an <%ae>%n%B',
      'robots/good-1/first',
    );
    assert.match(commit, /^Ada <a@b\.c>\n/);
    assert.match(commit, /ticket-7/);
  });

  it('takes them from the user’s own file where the command line says nothing', async () => {
    project.writeHome(
      '.config/sluice/isolation.json',
      JSON.stringify({
        base: 'head',
        'git.branchPrefix': 'robots',
        'git.author': 'Ada',
        'checkout.onChange': 'tell',
        branchPrefix: 'x',
      }),
    );
    const { err } = await sluice(project, 'run', 'good', '--branch-prefix', 'mine');
    assert.match(
      err,
      /isolation\.json has "branchPrefix", which is none of base, git\.branchPrefix, /,
    );
    assert.match(err, /isolation\.json: git\.author must be a name and an address/);
    const { baseTree, landing = DEFAULT_LANDING_RULES, checkout } = await planned();
    assert.deepEqual(
      [baseTree, landing.prefix, landing.author.name, checkout?.onChange],
      ['head', 'mine', 'Sluice', 'tell'],
    );
  });

  for (const [args, problem] of [
    [['--base', 'tree'], /Allowed choices are head, worktree\./],
    [
      ['--branch-prefix', 'a..b'],
      /'a\.\.b' is invalid\. It has "\.\." in it, which Git reads as a range\.\n/,
    ],
    [
      ['--author', 'Ada'],
      /It must be a name and an address, such as "Ada Lovelace <ada@example\.org>"\.\n/,
    ],
    [['--on-checkout-change', 'go'], /Allowed choices are stop, tell\./],
    [
      ['--correlation-id', 'a b'],
      /It must be 1 to 200 letters, digits and signs, without blanks\.\n/,
    ],
  ] as const) {
    it(`refuses ${args.join(' ')} with the rule, before anything runs`, async () => {
      const { code, out, err } = await sluice(project, 'run', 'good', ...args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, problem);
      assert.equal((await sluice(project, 'runs')).out, 'Nothing has run here yet.\n');
    });
  }
});
