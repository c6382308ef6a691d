import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { EXIT } from '../../../src/cli/exitCodes.ts';
import { TempProject } from '../../support/project.ts';
import { sluice, type Told } from './commandLine.ts';

const DOCS = fs.readFileSync(path.resolve(import.meta.dirname, '../../../docs/cli.md'), 'utf8');

interface Usage {
  readonly name: string;
  /** `<run> <gate>`, optional ones in brackets. */
  readonly args: string;
  /** Each as its spellings: `-i, --input`. */
  readonly options: readonly string[];
}

/** The commands as `docs/cli.md` has them. */
function documented(): Usage[] {
  return [...DOCS.matchAll(/^sluice ([a-z-]+)(.*?)(?: {2,}.*)?$/gm)].map(
    ([, name = '', rest = '']) => {
      const parts = rest.match(/\[[^\]]+\]|<[^>]+>/g) ?? [];
      const isOption = (part: string) => /^\[-/.test(part);
      return {
        name,
        args: parts.filter((part) => !isOption(part)).join(' '),
        options: parts.filter(isOption).map((part) => /-[\w-]+/.exec(part)?.[0] ?? ''),
      };
    },
  );
}

describe('The usage of sluice', function () {
  this.timeout(20_000);

  let project: TempProject;
  before(() => {
    project = new TempProject('plain');
  });
  after(() => project.dispose());

  const ask = (...args: string[]): Promise<Told> => sluice(project, ...args);

  /** The commands as the program tells them. */
  async function told(): Promise<Usage[]> {
    const { out } = await ask('--help');
    const names = [...out.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = '']) => name);
    const usages = names
      .filter((name) => name !== 'help')
      .map(async (name) => {
        const help = (await ask(name, '--help')).out;
        const options = [...help.matchAll(/^ {2}((?:-\w, )?--[a-z-]+)/gm)].map(
          ([, spellings = '']) => spellings,
        );
        return {
          name,
          args: (/^Usage: sluice [a-z-]+ (?:\[options\] ?)?(.*)$/m.exec(help)?.[1] ?? '').trim(),
          options: options.filter((spellings) => spellings !== '-h, --help'),
        };
      });
    return Promise.all(usages);
  }

  it('is documented: the same commands, arguments and options', async () => {
    const program = await told();
    const docs = documented();
    assert.deepEqual(
      program.map(({ name }) => name),
      docs.map(({ name }) => name),
    );
    for (const [index, { name, args, options }] of program.entries()) {
      const page = docs[index]!;
      assert.equal(args.split(' ').length, page.args.split(' ').length, `arguments of ${name}`);
      assert.deepEqual(
        options
          .map(
            (spellings) =>
              page.options.find((one) => spellings.split(', ').includes(one)) ?? spellings,
          )
          .sort(),
        [...page.options].sort(),
        `options of ${name}`,
      );
    }
  });

  it('tells its exit codes as they are documented', async () => {
    const rows = [...DOCS.matchAll(/^\| (\d+) +\| (.*?) *\|$/gm)].map(([, code]) => Number(code));
    assert.deepEqual(rows, Object.values(EXIT));
    const { out } = await ask('--help');
    assert.match(
      out,
      /Exit codes: 0 succeeded · 1 failed · 2 wrong usage or definition · 3 waiting for a person · 4 degraded · 130 cancelled\n/,
    );
  });

  it('is what one gets for asking, on standard output and with exit code 0', async () => {
    for (const args of [['--help'], ['help'], ['run', '--help'], ['help', 'run']]) {
      const { code, out, err } = await ask(...args);
      assert.deepEqual([code, err.trim()], [0, ''], args.join(' '));
      assert.match(out, /^Usage: sluice /);
    }
    const { version } = JSON.parse(
      fs.readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'),
    ) as { version: string };
    assert.deepEqual(await ask('--version'), { code: 0, out: `${version}\n`, err: '' });
  });

  it('is what one gets for saying nothing, on standard error and with exit code 2', async () => {
    const { code, out, err } = await ask();
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^Usage: sluice /);
  });

  for (const [args, problem] of [
    [['rnu'], /^error: unknown command 'rnu'\n\(Did you mean run(?:s\?|\?|, runs\?)/],
    [['runs', '--jsno'], /^error: unknown option '--jsno'\n\(Did you mean --json\?\)\n/],
    [['run'], /^error: missing required argument 'workflow'\n/],
    [['runs', 'more'], /^error: too many arguments/],
    [['approve', '1'], /^error: missing required argument 'gate'\n/],
    [['steer', '1', 'tests'], /^error: missing required argument 'message'\n/],
    [['exec', '1', 'tests', '--'], /^error: missing required argument 'command'\n/],
    [['exec', '1', 'tests', 'ls', '-l'], /^error: unknown option '-l'\n/],
    [['run', 'x', '--fail-fast'], /^error: unknown option '--fail-fast'\n/],
    [['agents', '--critical', '11'], /^error: .*It must be a whole number from 1 to 10\.\n/],
    [['-C'], /^error: option '-C <folder>' argument missing\n/],
  ] as const) {
    it(`is hinted at for "sluice ${args.join(' ')}", with exit code 2`, async () => {
      const { code, out, err } = await ask(...args);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, problem);
      assert.match(err, /\nRun "sluice --help" to see what there is\.\n$/);
    });
  }
});
