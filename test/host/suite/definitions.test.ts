import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { filesWithProblems, NOTICED, sluice, windowFolder } from './inWindow.ts';
import { until } from '../../ui/support/until.ts';
import type { TestFolder } from '../../ui/support/testFolder.ts';

const ROUNDS = 5;

const GOOD = (name: string) => `---\nname: ${name}\ndescription: Does ${name}.\n---\n\nDo it.\n`;
/** Which Claude Code passes over without a word, and Sluice does not. */
const BAD = '---\nname: bad\n---\n\nDo it.\n';

describe('definitions on the disk', function () {
  this.timeout(120_000);

  let folder: TestFolder;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  afterEach(async () => {
    for (const at of ['.sluice', '.claude', '.github']) {
      folder.remove(at);
    }
    await until('no problems', () => filesWithProblems().length === 0, NOTICED);
  });

  /** Does it, and gives the milliseconds until the problems are those of these files. */
  const followed = async (work: () => void, ...files: readonly string[]): Promise<number> => {
    const wanted = files.map((file) => path.resolve(folder.path, file)).sort();
    const begun = performance.now();
    work();
    await until(
      `problems in ${files.join(', ') || 'no file'}`,
      () => filesWithProblems().sort().join('\n') === wanted.join('\n'),
      { ...NOTICED, every: 5 },
    );
    return performance.now() - begun;
  };
  const median = (times: readonly number[]) =>
    [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
  /** Half a second is the aim. A busy machine takes longer, so that it is told and not asserted. */
  const tell = (times: readonly number[]) =>
    console.log(
      `      [followed] ${Math.round(median(times))} ms in the middle of ${times.length}, ${Math.round(Math.max(...times))} ms at most`,
    );

  it('are followed into folders that were not there, through renames and until they go', async () => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const [file, other] = [`.claude/agents/deep/${round}/bad.md`, `.claude/agents/deep/bad.md`];
      times.push(await followed(() => folder.write(file, BAD), file));
      times.push(await followed(() => folder.write(file, GOOD('good'))));
      times.push(await followed(() => folder.write(file, BAD), file));
      times.push(await followed(() => fs.renameSync(folder.file(file), folder.file(other)), other));
      times.push(await followed(() => folder.remove(other)));
      times.push(await followed(() => folder.write(other, BAD), other));
      times.push(await followed(() => folder.remove('.claude')));
    }
    tell(times);
  });

  it('are followed among 1,000 agents, also when all of them come at once', async () => {
    const write = (n: number, text: string) =>
      folder.write(`.claude/agents/g${n % 40}/a${n}.md`, text);
    await followed(() => {
      for (let n = 0; n < 1000; n += 1) {
        write(n, n === 500 ? BAD : GOOD(`a${n}`));
      }
    }, '.claude/agents/g20/a500.md');
    await followed(() => write(500, GOOD('a500')));
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      times.push(await followed(() => write(round, BAD), `.claude/agents/g${round}/a${round}.md`));
      times.push(await followed(() => write(round, GOOD(`a${round}`))));
    }
    tell(times);
  });

  it('are followed in the files that lie over agents, list them, or are named by a list', async () => {
    const times: number[] = [];
    const [agent, overlay] = ['.claude/agents/good.md', '.sluice/agents.yaml'];
    folder.write(agent, GOOD('good'));
    times.push(
      await followed(
        () => folder.write(overlay, 'good: { criticality: high }\n'),
        // An agent is not used without what was meant for it.
        ...[agent, overlay],
      ),
    );
    times.push(await followed(() => folder.write(overlay, 'good: { criticality: 9 }\n')));
    const list = '.claude/claude.json';
    const listed = JSON.stringify({ agents: { other: { file: 'prompts/other.md' } } });
    times.push(await followed(() => folder.write(list, '{'), list));
    folder.write('.claude/prompts/other.md', '# Other\n\nDo it.\n');
    times.push(await followed(() => folder.write(list, listed)));
    times.push(await followed(() => folder.remove('.claude/prompts/other.md'), list));
    times.push(
      await followed(() => folder.write('.claude/prompts/other.md', '# Other\n\nDo it.\n')),
    );
    tell(times);
  });

  it('are followed in the folder of todo lists', async () => {
    const todo = '.sluice/todos/list.yaml';
    const times = [
      await followed(() => folder.write(todo, 'steps: [\n'), todo),
      await followed(() => folder.remove(todo)),
    ];
    tell(times);
  });

  it('are followed in what the user has in every folder', async function () {
    const home = os.homedir();
    if (!home.startsWith(os.tmpdir())) {
      // Not in the home of whoever runs the tests.
      this.skip();
    }
    const times: number[] = [];
    for (const at of ['.claude/agents/deep/bad.md', '.copilot/agents/bad.agent.md']) {
      const file = path.join(home, at);
      const bad = at.startsWith('.claude') ? BAD : '';
      const write = (text: string) => {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, text);
      };
      times.push(await followed(() => write(bad), file));
      times.push(await followed(() => write(GOOD('good'))));
      times.push(await followed(() => write(bad), file));
      times.push(
        await followed(() =>
          fs.rmSync(path.join(home, at.split('/')[0] ?? ''), { recursive: true }),
        ),
      );
    }
    tell(times);
  });
});
