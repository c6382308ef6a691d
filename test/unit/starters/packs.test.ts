import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { contractJsonSchema } from '../../../src/core/debugging/contract/contractSchema.ts';
import { readDefinitions } from '../../../src/core/definitions/project.ts';
import type { ModelSpec } from '../../../src/core/domain/agent.ts';
import { FAULT_KINDS, USUAL_ROLES } from '../../../src/core/domain/debugging.ts';
import { stepId } from '../../../src/core/domain/ids.ts';
import { rivalsOf } from '../../../src/core/domain/rivals.ts';
import type { Workflow } from '../../../src/core/domain/workflow.ts';
import { draftSchema } from '../../../src/core/drafting/answer.ts';
import { askedAmong } from '../../../src/core/planning/usedBy.ts';
import { toolFaults } from '../../../src/core/preflightTools.ts';
import { planTasks } from '../../../src/core/planning/planTasks.ts';
import { missingPackages, readPacks } from '../../../src/core/starters/packs.ts';
import { TemporaryFolder } from '../definitions/folder.ts';
import { BuiltPacks } from './packRig.ts';

const never = new AbortController().signal;

interface Concept {
  readonly name: string;
  readonly requires: readonly string[];
}

describe('The packs', function () {
  this.timeout(20_000);

  let packs: BuiltPacks;
  let folder: TemporaryFolder;
  before(() => {
    packs = new BuiltPacks();
  });
  after(() => packs.dispose());
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => folder.dispose());

  it('are three, each with the workflow it opens, and small together', async () => {
    const found = await readPacks(packs.folder);
    assert.ok(found.ok);
    assert.deepEqual(
      found.value.map(({ name }) => name),
      ['builders', 'code-quality', 'maths'],
    );
    let bytes = 0;
    for (const { opens, files } of found.value) {
      assert.ok(files.some((file) => file.path === opens));
      assert.deepEqual(
        files.filter((file) => !file.path.startsWith('.sluice/')),
        [],
      );
      bytes += files.reduce((sum, file) => sum + file.bytes.length, 0);
    }
    assert.ok(bytes < 256 * 1024, `${bytes} bytes`);
  });

  for (const name of ['maths', 'builders', 'code-quality']) {
    it(`${name}: reads without any problem, and plans`, async () => {
      const pack = await packs.add(name, folder.path);
      const { agents, workflows, diagnostics } = await readDefinitions(folder.path, never);
      assert.deepEqual(diagnostics, []);
      assert.ok(agents.every(({ kind }) => kind === 'valid'));
      assert.ok(workflows.some((workflow) => workflow.name === pack.workflow));
      for (const entry of workflows) {
        assert.ok(entry.kind === 'valid');
        assert.ok((await plan(entry.name)).length > 0);
      }
    });
  }

  it('can all be in one folder', async () => {
    for (const name of ['maths', 'builders', 'code-quality']) {
      await packs.add(name, folder.path);
    }
    const { diagnostics } = await readDefinitions(folder.path, never);
    assert.deepEqual(diagnostics, []);
  });

  it('maths: has its nine agents and a classifier, with criticality and without a cache for the creative', async () => {
    await packs.add('maths', folder.path);
    const { agents } = await readDefinitions(folder.path, never);
    const facts = agents.flatMap((entry) =>
      entry.kind === 'valid' && entry.agent.runner.kind === 'model' ? [entry.agent] : [],
    );
    assert.deepEqual(
      facts.map(({ name }) => name),
      [
        ...['dependency-mapper', 'example-generator', 'knowledge-builder', 'meta-orchestrator'],
        ...['quality', 'relationship-classifier', 'research', 'self-improver'],
        ...['socratic-mediator', 'socratic-planner'],
      ],
    );
    assert.deepEqual(
      facts.filter(({ terms }) => terms.cache?.use === false).map(({ name }) => name),
      ['example-generator', 'socratic-mediator', 'socratic-planner'],
    );
    assert.deepEqual(
      facts.filter(({ criticality }) => criticality >= 8).map(({ name }) => name),
      ['meta-orchestrator', 'quality'],
    );
  });

  it('maths: lets what was worked out of a concept stand for a week, the examples of the course too', async () => {
    await packs.add('maths', folder.path);
    const rules = new Map(
      (await plan('maths-concepts')).flatMap(({ step }) =>
        step.kind === 'agent' ? [[step.id, step.terms.cache] as const] : [],
      ),
    );
    const found = [...rules].map(([id, rule]) => [id, rule?.use ?? true, rule?.namespace]);
    assert.deepEqual(found, [
      ['brief', true, 'concept_data'],
      ['research', true, 'concept_data'],
      ['knowledge', true, 'concept_data'],
      ['examples', true, 'concept_data'],
      ['requirements', true, 'dependency_graph'],
      ['check', true, 'concept_data'],
      ['record', true, 'concept_data'],
      ['graph', true, 'dependency_graph'],
      ['review', true, undefined],
    ]);
    const WEEK_MS = 7 * 24 * 3_600_000;
    for (const [id, rule] of rules) {
      assert.equal(rule?.ttlMs, id === 'review' ? undefined : WEEK_MS, id);
    }
    for (const id of ['record', 'graph']) {
      assert.deepEqual(rules.get(stepId(id))?.inputs, ['.sluice/maths/*.mjs']);
    }
  });

  it('maths: lets the dependency-mapper ask the classifier, which answers as its schema says', async () => {
    await packs.add('maths', folder.path);
    const { agents } = await readDefinitions(folder.path, never);
    const named = (name: string) => {
      const entry = agents.find((one) => one.name === name);
      assert.ok(entry?.kind === 'valid');
      return entry.agent;
    };
    const { asTool, outputSchema } = named('relationship-classifier');
    assert.deepEqual(named('dependency-mapper').tools, [asTool?.name]);
    assert.deepEqual(
      outputSchema,
      JSON.parse(
        fs.readFileSync(path.join(folder.path, '.sluice/maths/relation.schema.json'), 'utf8'),
      ),
    );
    const valid = agents.flatMap((entry) => (entry.kind === 'valid' ? [entry.agent] : []));
    const asked = askedAmong(valid)(named('dependency-mapper').name);
    assert.deepEqual(asked, ['relationship-classifier']);
  });

  it('have agents whose tools are all known', async () => {
    for (const name of ['maths', 'builders']) {
      await packs.add(name, folder.path);
    }
    const { agents } = await readDefinitions(folder.path, never);
    const valid = agents.flatMap((entry) => (entry.kind === 'valid' ? [entry.agent] : []));
    const faults = await toolFaults(
      { agents: Object.fromEntries(valid.map((agent) => [agent.name, agent])) },
      { folder: folder.path, home: undefined, hosted: [] },
    );
    assert.deepEqual(faults, []);
  });

  it('builders: has five roles, of which the planner only looks, and answers are held to schemas', async () => {
    await packs.add('builders', folder.path);
    const { agents } = await readDefinitions(folder.path, never);
    const roles = new Map(
      agents.flatMap((entry) =>
        entry.kind === 'valid' && entry.agent.runner.kind === 'model'
          ? [[String(entry.agent.name), entry.agent] as const]
          : [],
      ),
    );
    assert.deepEqual([...roles.keys()], ['architect', 'coder', 'debugger', 'planner', 'tester']);
    assert.deepEqual(roles.get('planner')?.tools, ['read', 'list', 'search']);
    assert.deepEqual(roles.get('planner')?.outputSchema, draftSchema());
    assert.deepEqual(
      roles.get('architect')?.outputSchema,
      JSON.parse(JSON.stringify(contractJsonSchema())),
    );
    // By this the roles of failures find their agents.
    for (const role of Object.values(USUAL_ROLES)) {
      assert.ok(roles.has(role), role);
    }
  });

  it('builders: mends failures by the roles, of one coder alone by that one', async () => {
    await packs.add('builders', folder.path);
    const rules = (tasks: Awaited<ReturnType<typeof plan>>) =>
      Object.fromEntries(
        tasks.flatMap(({ step }) =>
          step.kind === 'agent' && step.debug !== undefined
            ? [[step.id as string, step.debug] as const]
            : [],
        ),
      );
    const many = rules(await plan('build'));
    assert.deepEqual(Object.keys(many), ['contract', 'code', 'tests', 'acceptance']);
    assert.deepEqual(many['acceptance'], {
      attempts: 3,
      depth: 2,
      routing: USUAL_ROLES,
    });
    const alone = rules(await plan('build-alone'));
    assert.deepEqual(new Set(Object.values(alone['build']?.routing ?? {})), new Set(['coder']));
    assert.equal(Object.keys(alone['build']?.routing ?? {}).length, FAULT_KINDS.length);
  });

  it('builders: keeps what one role makes out of the hands of the others, whatever the code is', async () => {
    await packs.add('builders', folder.path);
    const tasks = await plan('build');
    const rival = rivalsOf(tasks);
    const ids = tasks.map(({ id }) => id);
    for (const id of ids) {
      assert.ok(!rival(id, ids), id);
    }
  });

  for (const name of ['maths', 'builders']) {
    it(`${name}: tells each model agent who it is, what it gets and answers, and its limits`, async () => {
      await packs.add(name, folder.path);
      const { agents } = await readDefinitions(folder.path, never);
      for (const entry of agents) {
        if (entry.kind === 'valid' && entry.agent.runner.kind === 'model') {
          const { instructions } = entry.agent.runner satisfies ModelSpec;
          const lines = instructions.split('\n').length;
          assert.ok(lines >= 25 && lines <= 60, `${entry.name}: ${lines} lines`);
          for (const heading of ['Who you are', 'What you get', 'What you answer', 'Limits']) {
            assert.match(instructions, new RegExp(`^# ${heading}`, 'm'), entry.name);
          }
          const { version, domains, description } = entry.agent;
          assert.ok(version !== undefined && domains.length > 0 && description !== '');
        }
      }
    });
  }

  it('maths: plans a lane for each of 57 concepts, ten tasks at once', async () => {
    await packs.add('maths', folder.path);
    const tasks = await plan('maths-concepts');
    // Six tasks a concept; the brief, the graph, the review and the gate.
    assert.equal(tasks.length, 57 * 6 + 4);
    const graph = tasks.find(({ id }) => id === 'graph');
    assert.equal(graph?.needs.length, 57);
    const { workflows } = await readDefinitions(folder.path, never);
    const entry = workflows.find(({ name }) => name === 'maths-concepts');
    assert.ok(entry?.kind === 'valid');
    assert.equal(entry.workflow.maxParallel, 10);
  });

  it('maths: lists each concept once, behind all it requires', async () => {
    await packs.add('maths', folder.path);
    const listed = JSON.parse(
      fs.readFileSync(path.join(folder.path, '.sluice/maths/concepts.json'), 'utf8'),
    ) as Concept[];
    const before = new Set<string>();
    for (const { name, requires } of listed) {
      assert.ok(!before.has(name), name);
      assert.deepEqual(
        requires.filter((other) => !before.has(other)),
        [],
        name,
      );
      before.add(name);
    }
    const { workflows } = await readDefinitions(folder.path, never);
    const entry = workflows.find(({ name }) => name === 'maths-concepts');
    assert.ok(entry?.kind === 'valid');
    const names = JSON.parse(entry.workflow.inputs['concepts']?.default ?? '') as string[];
    assert.deepEqual(names, [...before]);
  });

  it('code-quality: holds the files of the example, and names the packages it needs', async () => {
    await packs.add('code-quality', folder.path);
    const example = path.resolve('examples/code-quality/.sluice');
    for (const file of fs.readdirSync(example, { recursive: true, encoding: 'utf8' })) {
      if (fs.statSync(path.join(example, file)).isFile()) {
        assert.deepEqual(
          fs.readFileSync(path.join(folder.path, '.sluice', file)),
          fs.readFileSync(path.join(example, file)),
        );
      }
    }
    const pack = await packs.named('code-quality');
    assert.deepEqual(await missingPackages(folder.path, pack), pack.packages);
    const installs = [...agentTexts(folder.path)].flatMap(
      (text) => /^install: npm install --save-dev (.*)$/m.exec(text)?.[1]?.split(' ') ?? [],
    );
    assert.deepEqual([...pack.packages].sort(), installs.sort());
    folder.write('package.json', '{ "dependencies": { "eslint": "1" }, "devDependencies": null }');
    assert.deepEqual(await missingPackages(folder.path, pack), pack.packages.slice(1));
    for (const broken of ['', '{', 'null', '[]', '{"dependencies": 1}']) {
      folder.write('package.json', broken);
      assert.deepEqual(await missingPackages(folder.path, pack), pack.packages, broken);
    }
  });

  it('are told to be missing where they are', async () => {
    const found = await readPacks(path.join(packs.folder, 'nowhere'));
    assert.ok(!found.ok);
    assert.match(found.error, /^The packs of Sluice cannot be read from .*: ENOENT.*build it\.$/);
  });

  async function plan(name: string) {
    const { workflows, agents } = await readDefinitions(folder.path, never);
    const find = (wanted: string): Workflow | undefined => {
      const entry = workflows.find((one) => one.name === wanted);
      return entry?.kind === 'valid' ? entry.workflow : undefined;
    };
    const workflow = find(name);
    assert.ok(workflow);
    const planned = planTasks({
      workflow,
      inputs: Object.fromEntries(
        Object.entries(workflow.inputs).map(([input, spec]) => [input, spec.default ?? 'x']),
      ),
      findWorkflow: find,
      estimate: () => 1,
      agentNamed: (wanted) => {
        const entry = agents.find((one) => one.name === wanted);
        return entry?.kind === 'valid' ? entry.agent : undefined;
      },
      askedBy: () => [],
      filesLike: () => [],
      outputs: new Map(),
    });
    assert.ok(planned.ok, planned.ok ? undefined : planned.error.message);
    return planned.value.tasks;
  }
});

function* agentTexts(folder: string): Iterable<string> {
  const agents = path.join(folder, '.sluice/agents');
  for (const file of fs.readdirSync(agents)) {
    yield fs.readFileSync(path.join(agents, file), 'utf8');
  }
}
