import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { hasErrors } from '../../../src/core/domain/diagnostic.ts';
import { AgentRig } from './agentRig.ts';

/** A public collection of agents as their authors wrote them; it is no part of this repository. */
const CORPUS = path.join(import.meta.dirname, '../../../../shared/corpus/claude-agents');

function markdownIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && fs.statSync(path.join(folder, file)).isFile());
}

describe('Agents as their authors wrote them', () => {
  it('are all found, each valid or with a reason', async function () {
    if (!fs.existsSync(CORPUS)) {
      this.skip();
    }
    this.timeout(30_000);
    const files = markdownIn(CORPUS).filter(
      (file) => path.basename(path.dirname(file)) === 'agents',
    );
    assert.ok(files.length >= 200, `${files.length} files`);
    const rig = new AgentRig();
    try {
      for (const file of files) {
        rig.write(`.claude/agents/${file}`, fs.readFileSync(path.join(CORPUS, file)));
      }
      const { agents, diagnostics } = await rig.find();
      assert.deepEqual(diagnostics, []);
      assert.deepEqual(
        agents.map(({ file }) => file.replace('.claude/agents/', '')).sort(),
        files.map((file) => file.split(path.sep).join('/')).sort(),
      );
      for (const entry of agents) {
        assert.equal(entry.kind === 'invalid', hasErrors(entry.diagnostics), entry.file);
        if (entry.kind === 'valid') {
          const { agent } = entry;
          assert.notEqual(agent.description, '', entry.file);
          assert.ok(agent.runner.kind === 'model' && agent.runner.instructions !== '', entry.file);
        }
      }
    } finally {
      rig.dispose();
    }
  });
});
