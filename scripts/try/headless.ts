import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { SluiceWindow } from '../../test/ui/support/sluiceWindow.ts';
import {
  commands,
  container,
  gateActions,
  graphCards,
  trust,
  views,
} from '../../test/ui/support/names.ts';
import { until } from '../../test/ui/support/until.ts';
import { copyExample, tryFolder } from '../example.mjs';
import { root } from '../paths.mjs';

const workflow = 'code-quality';
const run = 'code-quality-1';
const gate = 'Put the report on its branch?';

/** Milliseconds for the agents of the example: linters and a compiler on a busy machine. */
const AGENTS = { timeout: 180_000 };

/** What `sluice show <run> --json` prints, as far as it is read here. */
interface ShownRun {
  readonly status: string;
  readonly tasks: readonly {
    readonly task: string;
    readonly state: string;
    readonly detail?: string;
  }[];
}

/**
 * Does with a fresh copy of the example what a new user would do: trust it, run it, look at tree and graph,
 * approve. Prints how it went and returns the exit code.
 */
export async function runHeadless(): Promise<0 | 1> {
  // An exit, unlike the signal itself, takes the server and the browser with it.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const folder = path.join(tryFolder, 'headless', workflow);
  copyExample(workflow, folder);
  const window = await SluiceWindow.open({ target: { folder }, trust: 'asked' });
  try {
    await tryOut(window, folder);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    const picture = await window.workbench.screenshot(path.join(tryFolder, 'failed.png'));
    console.error(`The window as it was: ${picture}`);
    return 1;
  } finally {
    await window.close();
  }
}

async function tryOut({ workbench }: SluiceWindow, folder: string): Promise<void> {
  const started = performance.now();
  const say = (text: string): void =>
    console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  const picture = async (name: string): Promise<void> =>
    say(await workbench.screenshot(path.join(tryFolder, name)));

  await workbench.pressDialogButton(trust.yes);
  say('trusted the folder');
  await workbench.openViewContainer(container);
  await workbench.runCommand(commands.runWorkflow);
  await workbench.pick(workflow);
  await workbench.row(views.runs, run).waitFor();
  say(`started ${run}`);
  await workbench.runCommand(commands.showGraph);
  await workbench.webview(graphCards);
  await picture('running.png');

  await workbench.unfoldView(views.gates);
  await workbench.row(views.gates, gate).waitFor(AGENTS);
  say(`a gate asks: ${gate}`);
  await picture('gate.png');
  await workbench.pressInlineAction(views.gates, gate, gateActions.approve);
  await workbench.row(views.gates, gate).waitFor({ state: 'detached' });
  say('approved');

  const end = await until(
    'the end of the run',
    () => {
      const shown = show(folder);
      return isOver(shown) && shown;
    },
    AGENTS,
  );
  say(`${run} ${end.status}`);
  await picture('finished.png');

  console.log();
  for (const { task, state, detail } of end.tasks) {
    console.log(`  ${task.padEnd(12)} ${state.padEnd(12)} ${detail ?? ''}`.trimEnd());
  }
  printBranches(folder);
  if (end.status !== 'succeeded') {
    throw new Error(`The run ended as ${end.status}.`);
  }
}

function isOver({ status }: ShownRun): boolean {
  return !['running', 'waiting', 'cancelling', 'interrupted'].includes(status);
}

function show(folder: string): ShownRun {
  const cli = path.join(root, 'dist/cli.cjs');
  const output = execFileSync(process.execPath, [cli, 'show', run, '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return JSON.parse(output) as ShownRun;
}

/** The branches the run made, their commits and files. */
function printBranches(folder: string): void {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  const branches = git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');
  for (const branch of branches.filter((name) => name !== 'main')) {
    console.log(`\n  branch ${branch}`);
    const commits = git('log', '--format=%h %s', `main..${branch}`);
    const files = git('diff', '--stat', `main...${branch}`);
    for (const line of `${commits}\n${files}`.split('\n').filter(Boolean)) {
      console.log(`    ${line.trim()}`);
    }
  }
}
