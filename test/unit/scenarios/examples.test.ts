import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { makeExample } from '../../../examples/newFolder.mjs';
import { readScript, scriptFault } from '../../../examples/scripted-model/script.mjs';
import { ScriptedModel } from '../../../examples/scripted-model/scriptedModel.mjs';
import { root } from '../../../scripts/paths.mjs';
import { scratchFolder } from '../../long/scratch.ts';
import { bundled } from '../../support/bundle.ts';

const run = promisify(execFile);

const EXAMPLES = [
  {
    name: 'feature-typescript',
    list: 'free-rooms',
    test: ['npm', 'test'],
    mended: 'accept',
    change: 'src/free.ts',
  },
  {
    name: 'feature-python',
    list: 'split-bills',
    test: ['python3', '-m', 'unittest', 'discover', '-t', '.', '-s', 'tests'],
    mended: 'code',
    change: 'ledger/shares.py',
  },
] as const;

for (const { name, list, test, mended, change } of EXAMPLES) {
  describe(`The example ${name}`, function () {
    this.timeout(120_000);

    const example = path.join(root, 'examples', name);
    let parent: string;
    let folder: string;

    beforeEach(function () {
      if (process.platform === 'win32' || spawnSync(test[0], ['--version']).status !== 0) {
        this.skip();
      }
      parent = scratchFolder('sluice-example-');
      folder = path.join(parent, name);
    });
    afterEach(() => fs.rmSync(parent, { recursive: true, force: true, maxRetries: 5 }));

    it('does not have yet what is asked for', () => {
      makeExample(name, folder, { withTodos: true });
      const [program, ...args] = test;
      const { status, stdout, stderr } = spawnSync(program, args, {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.notEqual(status, 0);
      assert.match(`${stdout}${stderr}`, /Usage: /);
    });

    it('has the plan that its scripted planner answers', () => {
      const { request, ...kept } = parse(
        fs.readFileSync(path.join(example, '.sluice/todos', `${list}.yaml`), 'utf8'),
      ) as Record<string, unknown>;
      const answered = fs.readFileSync(path.join(example, 'scripted-model/plan.json'), 'utf8');
      assert.equal(typeof request, 'string');
      assert.deepEqual(JSON.parse(answered), kept);
    });

    it('goes from its request to a branch, by way of a bug that its tests find', async () => {
      const { stdout } = await run(
        process.execPath,
        [
          path.join(root, 'examples/try.mjs'),
          ...[name, '--folder', folder, '--sluice', bundled('src/cli.ts')],
        ],
        { cwd: root, env: { ...process.env, NO_COLOR: '1' } },
      );
      assert.match(stdout, new RegExp(`✓ ${mended} +succeeded +with 1 fix`), stdout);
      assert.match(stdout, new RegExp(`✓ +${mended}_branch_01 +succeeded`), stdout);
      const git = (...args: readonly string[]) =>
        spawnSync('git', args, { cwd: folder, encoding: 'utf8' }).stdout.trim();
      const merged = git('for-each-ref', '--format=%(refname)', 'refs/heads/ai/generated/*/merged');
      assert.ok(git('diff', '--name-only', 'main', merged).split('\n').includes(change));
      git('checkout', '--quiet', '--detach', merged);
      const [program, ...args] = test;
      assert.equal(spawnSync(program, args, { cwd: folder }).status, 0);
    });
  });
}

describe('The scripted model', () => {
  const script = {
    'scripted-model': 'for a test',
    answers: [
      { agent: 'coder', asked: 2, turns: [{ say: 'again' }] },
      {
        agent: 'coder',
        turns: [
          { use: [{ read: { path: 'a' } }] },
          { fail: { status: 503, retryAfter: 1 }, say: 'done' },
        ],
      },
    ],
  };
  let model: ScriptedModel;

  beforeEach(async () => {
    model = await ScriptedModel.start(script);
  });
  afterEach(() => model.close());

  const first = { role: 'user', content: 'one' };
  const ask = (messages: readonly object[], stream = false) =>
    fetch(`${model.baseURL}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({
        stream,
        messages: [{ role: 'system', content: 'You are the coder.' }, ...messages],
      }),
    });

  it('goes by how far the conversation is, and fails as often as it is told', async () => {
    const told = (await (await ask([first])).json()) as {
      choices: [{ message: { tool_calls: [{ function: { name: string; arguments: string } }] } }];
    };
    assert.deepEqual(told.choices[0].message.tool_calls[0].function, {
      name: 'read',
      arguments: '{"path":"a"}',
    });
    const later = [first, { role: 'assistant', content: '' }];
    const failed = await ask(later);
    assert.deepEqual([failed.status, failed.headers.get('retry-after')], [503, '1']);
    assert.match(await (await ask(later)).text(), /"content":"done"/);
  });

  it('takes the same request again, as after a crash, for the same conversation', async () => {
    await ask([first]);
    assert.match(await (await ask([first])).text(), /tool_calls/);
    assert.match(await (await ask([{ role: 'user', content: 'two' }])).text(), /again/);
    assert.equal(model.askedAgain, 1);
  });

  it('streams, and says what it knows no answer to', async () => {
    const streamed = await (await ask([first], true)).text();
    assert.match(streamed, /^data: .*"delta"/);
    assert.match(streamed, /data: \[DONE\]\n\n$/);
    const more = [first, ...Array.from({ length: 2 }, () => ({ role: 'assistant', content: '' }))];
    const none = await ask(more);
    assert.equal(none.status, 400);
    assert.match(await none.text(), /no answer number 3 for the coder, who was asked \\"one\\"/);
  });

  it('tells what is wrong in a script', () => {
    assert.match(scriptFault({}) ?? '', /must hold/);
    const odd = { 'scripted-model': '', answers: [{ turns: [{ sya: 'x' }] }] };
    assert.match(scriptFault(odd) ?? '', /answers\[0\].*sya/);
    for (const { name } of EXAMPLES) {
      readScript(path.join(root, 'examples', name, 'scripted-model/script.json'));
    }
  });
});
