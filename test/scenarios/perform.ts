import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ScriptedModel } from '../../examples/scripted-model/scriptedModel.mjs';
import type { RunEvent } from '../../src/core/domain/event.ts';
import { bundled } from '../support/bundle.ts';
import { TempProject } from '../support/project.ts';
import type { ChildTask } from './child.ts';
import { judge, type Outcome } from './judge.ts';
import { journalsOf, play } from './play.ts';
import { readScenarioText, type Kill, type Scenario } from './scenario.ts';
import { openStage, stageFiles, type Stage } from './stage.ts';

export interface Performed {
  readonly outcome: Outcome | undefined;
  /** Of all its runs, in the order they were written. */
  readonly events: readonly RunEvent[];
  /** Whether the program was killed; false: the scenario was over without that event. */
  readonly wasKilled: boolean;
  /** Answers of the model that were asked for once more because of the kill. */
  readonly askedAgain: number;
  readonly ms: number;
}

/**
 * Performs a scenario in a folder of its own, through the real Sluice, a real socket, real `git` and real processes,
 * and judges its end. With a kill another program begins it and dies there, and this one goes on.
 * @throws AssertionError with what is not as the scenario says
 */
export async function perform(scenario: Scenario, kill?: Kill): Promise<Performed> {
  const begun = performance.now();
  const project = new TempProject();
  const model = await ScriptedModel.start(scenario.script);
  try {
    for (const [file, text] of Object.entries({ ...stageFiles(scenario), ...scenario.files })) {
      project.write(file, text);
    }
    project.repository.commit();
    const stage: Stage = {
      parent: project.parent,
      environment: project.environment,
      settings: model.settings,
    };
    const wasKilled = kill !== undefined && (await killedAt(kill, scenario, stage));
    const warnings: string[] = [];
    const sluice = await openStage(stage, (text) => warnings.push(text));
    try {
      const drafted = await play(scenario, stage, sluice);
      const { repository } = project;
      const outcome = await judge(scenario, { sluice, repository, seen: model.seen, drafted });
      assert.deepEqual(
        warnings.filter((text) => /Internal error/.test(text)),
        [],
      );
      return {
        outcome,
        events: journalsOf(stage).flat(),
        wasKilled,
        askedAgain: model.askedAgain,
        ms: performance.now() - begun,
      };
    } finally {
      await sluice.close();
    }
  } finally {
    await model.close();
    await project.dispose();
  }
}

/** Whether the program died there; what it warned of is told where it ended otherwise. */
async function killedAt(kill: Kill, { name }: Scenario, stage: Stage): Promise<boolean> {
  const task: ChildTask = { scenario: name, text: readScenarioText(name), stage, kill };
  const file = path.join(stage.parent, 'task.child.json');
  fs.writeFileSync(file, JSON.stringify(task));
  const child = spawn(process.execPath, [bundled('test/scenarios/child.ts'), file], {
    env: { ...stage.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) {
        resolve(signal === 'SIGKILL');
      } else {
        reject(new Error(`the program ended with ${code ?? signal ?? ''}: ${complaint}`));
      }
    });
  });
}
