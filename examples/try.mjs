// Tries an example in a fresh folder, from its request to its branches:
//   node examples/try.mjs feature-typescript                       with the scripted model: no key, no network
//   node examples/try.mjs feature-python --model openai/gpt-5.2    for real, with your key
//   --no-plan            the todo list that comes with the example, in place of planning
//   --folder <path>      where; it must not exist (a new one among the temporary files)
//   --sluice <program>   another program than the one that is built here first
// Leaves the folder for looking. Ends as "sluice run" does.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installDependencies } from '../scripts/install.mjs';
import { readScript } from './scripted-model/script.mjs';
import { ScriptedModel } from './scripted-model/scriptedModel.mjs';
import { makeExample, todoListOf } from './newFolder.mjs';

const examples = import.meta.dirname;
const root = path.dirname(examples);
const known = fs
  .readdirSync(examples)
  .filter((name) => fs.existsSync(path.join(examples, name, 'scripted-model/script.json')));

/** @returns {Promise<number>} the exit code */
async function main() {
  const { values, positionals } = parseArgs({
    options: {
      model: { type: 'string' },
      'no-plan': { type: 'boolean', default: false },
      folder: { type: 'string' },
      sluice: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [example = ''] = positionals;
  if (positionals.length !== 1 || !known.includes(example)) {
    console.error(`Say which example: node examples/try.mjs ${known.join(' | ')}`);
    return 2;
  }
  const folder = values.folder
    ? path.resolve(values.folder)
    : path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'sluice-example-')), example);
  if (fs.existsSync(folder)) {
    console.error(`${folder} is there already. Remove it, or name another with --folder.`);
    return 2;
  }
  const program = values.sluice ? path.resolve(values.sluice) : built();
  const plans = !values['no-plan'] && (await knowsPlans(program));
  makeExample(example, folder, { withTodos: !plans });
  const model = values.model === undefined ? await scriptedModel(example) : undefined;
  try {
    const environment = environmentFor(folder, model, values.model);
    return await tryIn(folder, example, { program, environment, plans });
  } finally {
    await model?.close();
  }
}

/** @param {{ program: string, environment: NodeJS.ProcessEnv, plans: boolean }} how */
async function tryIn(folder, example, { program, environment, plans }) {
  const sluice = (...args) => {
    const shown = args.map((arg) => (/^[\w.:/-]+$/.test(arg) ? arg : `"${firstLine(arg)}"`));
    console.log(`\n$ sluice ${shown.join(' ')}`);
    return ended(spawn(process.execPath, [program, '-C', folder, ...args], inherits(environment)));
  };
  heading(`${example}, in ${folder}`);
  console.log(fs.readFileSync(path.join(folder, 'request.md'), 'utf8').trimEnd());
  if (plans) {
    heading('From the request to a plan');
    const request = fs.readFileSync(path.join(folder, 'request.md'), 'utf8').trim();
    const code = await sluice('plan', request);
    if (code !== 0) {
      return code;
    }
  }
  const name = todoListOf(folder);
  if (name === undefined) {
    console.error(`There is no todo list in ${folder}/.sluice/todos.`);
    return 1;
  }
  heading('From the plan to branches');
  // Who has read this far has approved the plan; what comes later is asked.
  const code = await sluice('run', name, ...(plans ? ['--approve', 'approve-plan'] : []));
  heading('What each task came to');
  await sluice('show', 'last');
  if (code === 0) {
    heading('All of it on one branch');
    await sluice('merge', 'last');
  }
  showBranches(folder);
  heading('To look at');
  console.log(`${folder}`);
  console.log(`npx sluice show last <task> -C ${folder}`);
  if (code === 3) {
    console.log('A person is asked: what the run printed above says how to answer.');
  }
  return code;
}

/** What of `ai/generated` is there, and what is changed on it: where all is merged, there. */
function showBranches(folder) {
  const git = (...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trimEnd();
  const branches = git('for-each-ref', '--format=%(refname:short)', 'refs/heads/ai')
    .split('\n')
    .filter((name) => name !== '');
  heading('What is on branches');
  if (branches.length === 0) {
    console.log('Nothing: no task with files has succeeded.');
    return;
  }
  console.log(git('log', '--oneline', '--graph', ...branches, 'main'));
  const merged = branches.find((branch) => branch.endsWith('/merged'));
  for (const branch of merged === undefined ? branches : [merged]) {
    console.log(`\n$ git diff --stat main ${branch}`);
    console.log(git('diff', '--stat', 'main', branch));
  }
}

/** The program of the terminal, made anew from the sources. */
function built() {
  installDependencies();
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
  return path.join(root, 'dist/cli.cjs');
}

/** Whether the program can make a plan of a request. */
async function knowsPlans(program) {
  const help = execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' });
  return /^\s+plan\b/m.test(help);
}

async function scriptedModel(example) {
  const script = readScript(path.join(examples, example, 'scripted-model/script.json'));
  const model = await ScriptedModel.start(script, {
    onSeen: ({ trouble }) => trouble !== undefined && console.error(trouble),
  });
  console.log(
    `scripted-model answers at ${model.baseURL}. It is no model: ${script['scripted-model']}`,
  );
  return model;
}

/**
 * With the scripted model the user's own settings are left alone: the program finds others beside the folder. With a
 * real one everything is as the user has it.
 */
function environmentFor(folder, model, named) {
  if (model === undefined) {
    return { ...process.env, SLUICE_MODEL: named };
  }
  const beside = path.join(path.dirname(folder), `${path.basename(folder)}.settings`);
  const { [process.platform]: ours } = {
    win32: { variables: { LOCALAPPDATA: beside }, config: 'Sluice' },
    darwin: { variables: { HOME: beside }, config: 'Library/Application Support/sluice' },
    linux: { variables: { XDG_CONFIG_HOME: beside }, config: 'sluice' },
  };
  const { variables, config } = ours ?? {
    variables: { XDG_CONFIG_HOME: beside },
    config: 'sluice',
  };
  const settings = path.join(beside, config, 'models.json');
  fs.mkdirSync(path.dirname(settings), { recursive: true });
  fs.writeFileSync(settings, `${JSON.stringify(model.settings, null, 2)}\n`);
  // The variable would go before the file.
  return { ...process.env, SLUICE_MODEL: undefined, ...variables };
}

function inherits(env) {
  return /** @type {const} */ ({ env, stdio: ['inherit', 'inherit', 'inherit'] });
}

/** @returns {Promise<number>} its exit code */
function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function heading(text) {
  console.log(`\n── ${text}`);
}

function firstLine(text) {
  const [line = '', ...more] = text.split('\n');
  return more.length === 0 ? line : `${line} …`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main();
}
