import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { installExample } from '../../scripts/example.mjs';
import { root } from '../../scripts/paths.mjs';
import { sarifProblems } from '../support/sarif.ts';

const exampleFolder = path.join(root, 'examples/code-quality');

interface AgentFile {
  readonly command: readonly [string, ...string[]];
  readonly 'success-codes'?: readonly number[];
}

interface WorkflowFile {
  readonly steps: Readonly<
    Record<string, { readonly agent?: string; readonly needs?: readonly string[] }>
  >;
}

interface Place {
  readonly tool: string;
  readonly file: string;
  readonly line: number;
  readonly rule: string;
}

interface SarifLog {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly version?: string; readonly rules: readonly { id: string }[] };
    };
    readonly automationDetails: { readonly id: string };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string };
          readonly region: { readonly startLine: number };
        };
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
    }[];
  }[];
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

// What a run does with the example, without the engine: every step's command in a copy of its own.
describe('the code-quality example', () => {
  const workflow = parse(read('.sluice/workflows/code-quality.yaml')) as WorkflowFile;
  const planted = JSON.parse(read('planted.json')) as (Place & { readonly what: string })[];
  const checks = workflow.steps['report']?.needs ?? [];
  let temp: string;
  let modules: string;
  let needs: string;
  let copies = 0;

  before('install the tools', function () {
    this.timeout(300_000);
    temp = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-example-')));
    const installed = installExample('code-quality');
    assert.ok(installed);
    modules = installed;
  });

  before('run the four checks', async function () {
    this.timeout(120_000);
    needs = path.join(temp, 'needs');
    await Promise.all(
      checks.map(async (step) => {
        const agent = workflow.steps[step]?.agent ?? '';
        const ended = await runAgent(agent, copyOfExample());
        assert.notEqual(ended.exitCode, 0, `${agent} found nothing`);
        assert.ok(agentFile(agent)['success-codes']?.includes(ended.exitCode ?? -1), ended.stderr);
        give(needs, step, agent, ended.exitCode ?? -1, ended.stdout);
      }),
    );
  });

  after(() => fs.rmSync(temp, { recursive: true, force: true }));

  function copyOfExample(): string {
    copies += 1;
    const copy = path.join(temp, `copy-${copies}`);
    fs.cpSync(exampleFolder, copy, {
      recursive: true,
      filter: (file) => path.basename(file) !== 'node_modules',
    });
    fs.symlinkSync(modules, path.join(copy, 'node_modules'), 'junction');
    return copy;
  }

  function runAgent(
    agent: string,
    folder: string,
    env: Record<string, string> = {},
  ): Promise<Ended> {
    const [program, ...args] = agentFile(agent).command;
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: `${path.join(folder, 'node_modules/.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
          HOME: temp,
          ...env,
        },
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
      child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
      child.on('error', reject);
      child.on('close', (exitCode) =>
        resolve({
          exitCode,
          stdout: Buffer.concat(stdout).toString(),
          stderr: Buffer.concat(stderr).toString(),
        }),
      );
    });
  }

  function report(from: string, folder: string): Promise<Ended> {
    return runAgent('quality-report', folder, { SLUICE_NEEDS: from });
  }

  async function sarifOf(from: string, folder: string): Promise<SarifLog> {
    const ended = await report(from, folder);
    assert.equal(ended.exitCode, 0, ended.stderr);
    return JSON.parse(fs.readFileSync(path.join(folder, 'report.sarif'), 'utf8')) as SarifLog;
  }

  /** The checks' outputs in a folder of their own, to be spoilt. */
  function copyOfNeeds(): string {
    copies += 1;
    const copy = path.join(temp, `needs-${copies}`);
    fs.cpSync(needs, copy, { recursive: true });
    return copy;
  }

  it('plants faults for every tool', () => {
    const tools = checks.map((step) => workflow.steps[step]?.agent);
    assert.deepEqual([...new Set(planted.map((fault) => fault.tool))], tools);
  });

  describe('has a report that', function () {
    this.timeout(20_000);
    let folder: string;
    let sarif: SarifLog;
    let markdown: string;
    let summary: string;

    before(async () => {
      folder = copyOfExample();
      const ended = await report(needs, folder);
      assert.equal(ended.exitCode, 0, ended.stderr);
      summary = ended.stdout;
      sarif = JSON.parse(fs.readFileSync(path.join(folder, 'report.sarif'), 'utf8')) as SarifLog;
      markdown = fs.readFileSync(path.join(folder, 'report.md'), 'utf8');
    });

    it('lists what was planted and nothing else', () => {
      const found = placesIn(sarif, workflow);
      assert.deepEqual(
        found,
        planted.map(({ tool, file, line, rule }) => ({ tool, file, line, rule })),
      );
    });

    it('is valid SARIF', () => {
      assert.deepEqual(sarifProblems(sarif), []);
      for (const { tool, results } of sarif.runs) {
        assert.match(tool.driver.version ?? '', /^\d+\.\d+\.\d+$/);
        for (const result of results) {
          assert.equal(tool.driver.rules[result.ruleIndex]?.id, result.ruleId);
        }
      }
    });

    it('links each finding to its line', () => {
      for (const { file, line } of planted) {
        assert.ok(markdown.includes(`| [${file}:${line}](${file}#L${line}) |`), `${file}:${line}`);
      }
    });

    it('sums up in one line', () => {
      assert.equal(
        summary,
        '14 findings (lint 6, types 3, secrets 3, tests 2): report.md, report.sarif\n',
      );
      assert.match(markdown, /\*\*14 findings\*\* in 10 files: 12 errors, 2 warnings\./);
    });

    it('shows no secret and no folder of the machine', () => {
      const outputs = checks.map((step) => fs.readFileSync(path.join(needs, step, 'output')));
      const secret = /EXAMPLE-NOT-A-REAL-PASSWORD|npm_EXAMPLE|XXXXXXXX/;
      for (const text of [markdown, JSON.stringify(sarif), ...outputs.map(String)]) {
        assert.doesNotMatch(text, secret);
      }
      for (const text of [markdown, JSON.stringify(sarif)]) {
        assert.ok(!text.includes(temp) && !text.includes(modules));
      }
    });

    it('is the same, byte for byte, when nothing changed', async () => {
      const other = copyOfExample();
      await sarifOf(needs, other);
      for (const file of ['report.md', 'report.sarif']) {
        assert.deepEqual(
          fs.readFileSync(path.join(other, file)),
          fs.readFileSync(path.join(folder, file)),
        );
      }
    });

    it('knows a finding again when it has moved to another line', async () => {
      const moved = copyOfExample();
      const source = path.join(moved, 'src/rates.ts');
      fs.writeFileSync(source, `// One line more.\n${fs.readFileSync(source, 'utf8')}`);
      const spoilt = copyOfNeeds();
      edit(path.join(spoilt, 'lint/output'), (output) => {
        const results = JSON.parse(output) as { filePath: string; messages: { line: number }[] }[];
        for (const { filePath, messages } of results) {
          for (const message of filePath.endsWith('rates.ts') ? messages : []) {
            message.line += 1;
          }
        }
        return JSON.stringify(results);
      });
      const later = await sarifOf(spoilt, moved);
      assert.notDeepEqual(placesIn(later, workflow), placesIn(sarif, workflow));
      assert.deepEqual(fingerprintsIn(later), fingerprintsIn(sarif));
      assert.equal(new Set(fingerprintsIn(sarif)).size, planted.length);
    });

    it('masks a secret that another tool quotes', async () => {
      const spoilt = copyOfNeeds();
      const secret = /'(postgres:[^']+)'/.exec(read('src/config.ts'))?.[1] ?? '';
      edit(
        path.join(spoilt, 'types/output'),
        (output) => `${output}src/config.ts(6,3): error TS2322: Type '"${secret}"' is no number.\n`,
      );
      const other = await sarifOf(spoilt, copyOfExample());
      const messages = other.runs.flatMap((run) =>
        run.results.map((result) => result.message.text),
      );
      assert.ok(messages.includes(`Type '"***"' is no number.`));
      assert.ok(!JSON.stringify(other).includes(secret));
    });

    it('takes the folders of this machine out of messages, but no web address', async () => {
      const spoilt = copyOfNeeds();
      const lines = [
        `error TS5083: Cannot read file '${temp}/gone/tsconfig.json', nor file://${temp}/gone/src/desk.ts.`,
        'error TS9999: See https://example.com/src/desk.ts and /src, or file:///%2F.',
      ];
      edit(path.join(spoilt, 'types/output'), (output) => `${output}${lines.join('\n')}\n`);
      edit(path.join(spoilt, 'tests/output'), (output) =>
        output.replaceAll('680 !==', `${temp}/copy-1/no/such/file !==`),
      );
      const log = await sarifOf(spoilt, copyOfExample());
      const messages = log.runs.flatMap((run) => run.results.map((result) => result.message.text));
      assert.ok(messages.includes("Cannot read file 'tsconfig.json', nor src/desk.ts."));
      assert.ok(messages.some((message) => message.includes('no/such/file !== 1020')));
      assert.ok(!JSON.stringify(log).includes(temp));
      assert.ok(messages.includes('See https://example.com/src/desk.ts and /src, or file:///%2F.'));
      assert.deepEqual(sarifProblems(log), []);
    });

    it("finds Mocha's JSON amid what the tests print", async () => {
      const output = fs.readFileSync(path.join(needs, 'tests/output'), 'utf8');
      assert.match(output, /^tracking number 000047117\n/);
      const spoilt = copyOfNeeds();
      edit(
        path.join(spoilt, 'tests/output'),
        (text) => `{ "stats": 1 }\nno line end${text}\nbye\n`,
      );
      assert.deepEqual(await sarifOf(spoilt, copyOfExample()), sarif);
    });

    it('says so when nothing was found', async () => {
      const clean = path.join(temp, 'clean');
      give(clean, 'lint', 'eslint', 0, '[]');
      give(clean, 'types', 'tsc', 0, '');
      const other = copyOfExample();
      const log = await sarifOf(clean, other);
      assert.deepEqual(sarifProblems(log), []);
      assert.deepEqual(fingerprintsIn(log), []);
      assert.match(fs.readFileSync(path.join(other, 'report.md'), 'utf8'), /Nothing was found\./);
    });
  });

  describe('has a report that is not written', function () {
    this.timeout(20_000);
    const anything = () => '{"half": ';
    const nothing = () => '';

    const cases: [string, string, (needs: string) => void, RegExp][] = [
      ['when an output is missing', 'lint/output', remove, /is not there/],
      ['when a task is not described', 'tests/task.json', remove, /is not there/],
      ['when a task is described by broken JSON', 'tests/task.json', to(anything), /JSON/],
      ["when ESLint's JSON is broken", 'lint/output', to(anything), /is not ESLint's JSON/],
      ["when ESLint's JSON is empty", 'lint/output', to(nothing), /it is empty/],
      ["when ESLint's JSON is another's", 'lint/output', to(() => '{}'), /a list of files/],
      ["when secretlint's SARIF is broken", 'secrets/output', to(anything), /secretlint's SARIF/],
      ["when secretlint's SARIF is empty", 'secrets/output', to(nothing), /it is empty/],
      ["when Mocha's JSON is broken", 'tests/output', to((text) => text.slice(0, -2)), /Mocha's/],
      ["when Mocha's JSON is empty", 'tests/output', to(nothing), /it is empty/],
      ['when tsc printed something else', 'types/output', to(() => 'Version 6\n'), /"Version 6"/],
      ['when tsc failed without a finding', 'types/output', to(nothing), /exit code \d/],
      [
        'when no reader knows the agent',
        'lint/task.json',
        to((text) => text.replace('eslint', 'biome')),
        /"biome".*eslint, tsc, secretlint, mocha/,
      ],
    ];
    for (const [name, file, spoil, reason] of cases) {
      it(name, async () => {
        const spoilt = copyOfNeeds();
        const named = path.join(spoilt, file);
        spoil(named);
        const folder = path.join(temp, `nothing-${path.basename(spoilt)}`);
        fs.mkdirSync(folder);
        fs.symlinkSync(
          path.join(exampleFolder, '.sluice'),
          path.join(folder, '.sluice'),
          'junction',
        );
        const ended = await report(spoilt, folder);
        assert.equal(ended.exitCode, 1);
        assert.equal(ended.stdout, '');
        assert.ok(
          ended.stderr.startsWith(`quality-report: step "${path.dirname(file)}": ${named}: `),
          ended.stderr,
        );
        assert.match(ended.stderr, reason);
        assert.deepEqual(fs.readdirSync(folder), ['.sluice']);
      });
    }

    it('when no step came before it', async () => {
      const empty = fs.mkdtempSync(path.join(temp, 'empty-'));
      const folder = copyOfExample();
      assert.match((await report(empty, folder)).stderr, /is empty: the step needs/);
      const ended = await runAgent('quality-report', folder);
      assert.equal(ended.exitCode, 1);
      assert.match(ended.stderr, /SLUICE_NEEDS is not set/);
    });
  });
});

function read(file: string): string {
  return fs.readFileSync(path.join(exampleFolder, file), 'utf8');
}

function agentFile(agent: string): AgentFile {
  return parse(read(`.sluice/agents/${agent}.yaml`)) as AgentFile;
}

/** Lays down what Sluice gives a step about one that it needs. */
function give(needs: string, step: string, agent: string, exitCode: number, output: string): void {
  const folder = path.join(needs, step);
  fs.mkdirSync(path.join(folder, 'files'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'output'), output);
  const task = { task: step, agent, exitCode, durationMs: 1 };
  fs.writeFileSync(path.join(folder, 'task.json'), JSON.stringify(task));
}

function edit(file: string, change: (text: string) => string): void {
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
}

function to(change: (text: string) => string): (file: string) => void {
  return (file) => edit(file, change);
}

function remove(file: string): void {
  fs.rmSync(file);
}

function placesIn(log: SarifLog, workflow: WorkflowFile): Place[] {
  return log.runs.flatMap((run) =>
    run.results.map(({ ruleId, locations }) => {
      const place = locations[0]?.physicalLocation;
      return {
        tool: workflow.steps[run.automationDetails.id.slice(0, -1)]?.agent ?? '',
        file: place?.artifactLocation.uri ?? '',
        line: place?.region.startLine ?? 0,
        rule: ruleId,
      };
    }),
  );
}

function fingerprintsIn(log: SarifLog): string[] {
  return log.runs.flatMap((run) =>
    run.results.flatMap((result) => Object.values(result.partialFingerprints)),
  );
}
