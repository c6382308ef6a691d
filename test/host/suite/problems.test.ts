import assert from 'node:assert/strict';
import { filesWithProblems, NOTICED, reportedIn, sluice, windowFolder } from './inWindow.ts';
import { until } from '../../ui/support/until.ts';
import type { TestFolder } from '../../ui/support/testFolder.ts';

const WORKFLOW = '.sluice/workflows/release.yaml';

describe('problems of definitions', () => {
  let folder: TestFolder;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  afterEach(async () => {
    folder.remove('.sluice');
    await until('no problems', () => filesWithProblems().length === 0, NOTICED);
  });

  it('are found in a .sluice folder that was not there before, also when all of it comes at once', async () => {
    folder.write(WORKFLOW, 'steps:\n  build: { agent: builder }\n');
    await until('the problem', () => filesWithProblems().length > 0, NOTICED);
    assert.deepEqual(filesWithProblems(), [folder.file(WORKFLOW)]);
  });

  it('name an agent that is missing, where it is named, and go when its file comes', async () => {
    folder.agent('linter', '');
    folder.write(WORKFLOW, 'steps:\n  lint: { agent: linter }\n  build: { agent: builder }\n');
    await reported(1);
    assert.deepEqual(reportedIn(folder.file(WORKFLOW)), [
      {
        code: 'unknown-agent',
        message: 'There is no agent "builder". Add a file for it to .sluice/agents.',
        at: 'builder',
        line: 3,
        related: [],
      },
    ]);
    folder.agent('builder', '');
    await reported(0);
  });

  it('draw a cycle: its first edge underlined, each edge told beside', async () => {
    folder.agent('any', '');
    folder.write(
      WORKFLOW,
      'steps:\n' +
        '  build: { agent: any, needs: [publish] }\n' +
        '  test: { agent: any, needs: [build] }\n' +
        '  publish: { agent: any, needs: [test] }\n',
    );
    await reported(1);
    assert.deepEqual(reportedIn(folder.file(WORKFLOW)), [
      {
        code: 'cycle',
        message:
          'These steps need each other in a circle, so none can start: build → publish → test → build.',
        at: 'publish',
        line: 2,
        related: [
          'release.yaml: publish: "build" needs "publish".',
          'release.yaml: test: "publish" needs "test".',
          'release.yaml: build: "test" needs "build".',
        ],
      },
    ]);
    folder.write(WORKFLOW, 'steps:\n  build: { agent: any }\n');
    await reported(0);
  });

  it('say what is no YAML, at its place, and go when it is repaired', async () => {
    folder.agent('any', '');
    folder.write(WORKFLOW, 'steps:\n  build:\n    agent: any\n    prompt: one: two\n');
    await reported(1);
    const [problem] = reportedIn(folder.file(WORKFLOW));
    assert.equal(problem?.code, 'yaml-syntax');
    assert.equal(problem.line, 4);
    assert.match(problem.message, /put quotes around a value that holds ": "/);
    folder.write(WORKFLOW, 'steps:\n  build:\n    agent: any\n    prompt: "one: two"\n');
    await reported(0);
  });

  it('lead from a workflow to the fault in the agent it uses', async () => {
    folder.write('.sluice/agents/typo.yaml', 'comand: [node]\n');
    folder.write(WORKFLOW, 'steps:\n  build: { agent: typo }\n');
    await reported(1);
    const [problem] = reportedIn(folder.file(WORKFLOW));
    assert.deepEqual([problem?.code, problem?.at], ['broken-agent', 'typo']);
    assert.ok(problem?.related.some((text) => text.startsWith('typo.yaml: comand: ')));
    assert.deepEqual(filesWithProblems().sort(), [
      folder.file('.sluice/agents/typo.yaml'),
      folder.file(WORKFLOW),
    ]);
  });

  it('go with their file', async () => {
    folder.write(WORKFLOW, 'steps: {}\n');
    await reported(1);
    folder.remove(WORKFLOW);
    await reported(0);
  });

  async function reported(problems: number): Promise<void> {
    const file = folder.file(WORKFLOW);
    await until(`${problems} problems`, () => reportedIn(file).length === problems, NOTICED);
  }
});
