import { Command, CommanderError, Option, type OptionValues } from 'commander';
import { version } from '../../package.json';
import { thrownText } from '../core/base/text.ts';
import { METRICS_TABLES } from '../core/projections/metricsExport.ts';
import { answerQuestion } from './answerCommand.ts';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { cache } from './cacheCommand.ts';
import { compare } from './compareCommand.ts';
import { convert } from './convertCommand.ts';
import { agents, validate, workflows } from './definitionCommands.ts';
import { diff } from './diffCommand.ts';
import { forecast } from './forecastCommand.ts';
import { BASE_TREES, ON_CHECKOUT_CHANGE } from './isolationSettings.ts';
import { ledger } from './ledgerCommand.ts';
import { merge } from './mergeCommand.ts';
import { metrics } from './metricsCommand.ts';
import { SideWords } from './mergeChoices.ts';
import { models } from './modelsCommand.ts';
import { plan } from './planCommand.ts';
import {
  age,
  author,
  branchPrefix,
  collectInput,
  correlationId,
  duration,
  repeated,
  wholeNumber,
} from './optionValues.ts';
import { drop, prune, rollback } from './removalCommands.ts';
import { resume } from './resumeCommand.ts';
import { approve, gates, reject, requestChanges } from './gateCommands.ts';
import { cancel, pause, run, runs, show } from './runCommands.ts';
import {
  CommandFailure,
  surroundingsOf,
  withSluice,
  type Session,
  type Surroundings,
} from './session.ts';
import { add, create, packs } from './starterCommands.ts';
import { ask, exec, model, permissions, rerun, steer } from './taskCommands.ts';

/** The whole program of the terminal: arguments in, exit code out. Nothing here ends the process. */
export async function main(
  argv: readonly string[],
  surroundings: Surroundings = surroundingsOf(process),
): Promise<ExitCode> {
  const { terminal } = surroundings;
  let code: ExitCode = EXIT.succeeded;
  const program = describe(surroundings, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      // Help and version are what was asked for; the rest is wrong usage and told already.
      return thrown.exitCode === 0 ? EXIT.succeeded : EXIT.usage;
    }
    if (thrown instanceof CommandFailure) {
      terminal.err(`sluice: ${thrown.message}\n`);
      return thrown.exitCode;
    }
    terminal.err(
      `sluice: something went wrong inside Sluice; please report it.\n${thrownText(thrown)}\n`,
    );
    return EXIT.failed;
  }
}

function describe(surroundings: Surroundings, finish: (code: ExitCode) => void): Command {
  const { terminal } = surroundings;
  const program = new Command('sluice')
    .description('Runs many AI agents as one workflow.')
    .version(version)
    .option('-C <folder>', 'work in this folder instead of the current one')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
    })
    .showHelpAfterError('Run "sluice --help" to see what there is.')
    .addHelpText(
      'after',
      '\nExit codes: 0 succeeded · 1 failed · 2 wrong usage or definition · 3 waiting for a person · 4 degraded · 130 cancelled',
    );

  /** Adds a command whose action works on the folder's Sluice. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- commander leaves the shape of options to whoever declares them
  const command = <Options extends OptionValues>(
    usage: string,
    description: string,
    action: (session: Session, args: string[], options: Options) => Promise<ExitCode>,
  ): Command => {
    const added = program.command(usage).description(description);
    added.action(async () => {
      const { C: folder } = program.opts<{ C?: string }>();
      finish(
        await withSluice(folder, surroundings, (session) =>
          action(session, added.processedArgs.flat().filter(isText), added.opts<Options>()),
        ),
      );
    });
    return added;
  };
  const json = (added: Command) => added.option('--json', 'one JSON object a line (docs/cli.md)');

  json(command('agents', 'list the agents found', agents)).option(
    '--critical <n>',
    'only those of criticality n and more',
    wholeNumber(1, 10),
  );
  json(command('workflows', 'list the workflows found', workflows));
  json(
    command(
      'validate [file...]',
      'say everything that is wrong in agent and workflow files',
      validate,
    ),
  );
  const created = json(
    command('new <kind> <name>', 'write an agent or a workflow to begin with', create),
  )
    .option('-t, --template <name>', 'what it begins as (docs/packs.md)')
    .addOption(
      new Option('-a, --agent <name>', 'an agent that works in a new workflow; may be repeated')
        .argParser(repeated)
        .default([], 'those that are there'),
    );
  created.registeredArguments[0]?.choices(['agent', 'workflow']);
  json(command('packs', 'list the packs of agents and workflows that come with Sluice', packs));
  json(command('add <pack>', 'copy a pack into the folder', add)).option(
    '--skip-existing',
    'leave files that are there and differ as they are',
  );
  command(
    'convert <workflow>',
    "write another tool's workflow as Sluice's own, by name or file",
    convert,
  )
    .option('--workflow <name>', 'only this one of a file that holds several')
    .option('--out <file>', 'where to; a folder for several (standard output)')
    .option('--force', 'write over a file that is there');
  json(
    command(
      'plan [request...]',
      'have a planner draft a todo list for a request, and keep it',
      plan({ environment: surroundings.environment, input: process.stdin }),
    ),
  )
    .option('--agent <name>', 'the agent that plans (planner)')
    .option('--name <name>', 'what the plan is called (the planner says)')
    .option('--out <file>', 'where it is kept (a file of .sluice/todos)')
    .option('--from <run>', 'keep the plan of a run that drafted one, instead of a request')
    .option('--add-pack', 'where the planner is missing, add the pack it comes with')
    .option('--run', 'run the plan at once, up to the gate that asks about it')
    .addOption(
      new Option('--approve <gate>', 'with --run: approve this gate, or "all"; may be repeated')
        .argParser(repeated)
        .default([], 'none'),
    )
    .option('--yes', 'without being asked');
  json(command('run <workflow>', 'run a workflow, by name or file', run))
    .addOption(
      new Option('-i, --input <key=value>', 'value of an input; may be repeated')
        .argParser(collectInput)
        .default({}, 'none'),
    )
    .option('--max-parallel <n>', 'tasks at once', wholeNumber(1, 64))
    .option('--sequential', 'one task at a time')
    .option('--no-cache', 'make everything anew, and keep nothing of it for other runs')
    .option('--dry-run', 'only say what a run would need and do; nothing is started')
    .addOption(
      new Option(
        '--approve <gate>',
        'approve this gate, or "all", as soon as it opens; may be repeated',
      )
        .argParser(repeated)
        .default([], 'none'),
    )
    .addOption(
      new Option(
        '--base <tree>',
        'what copies are made of: the commit HEAD names, or the files as they lie there',
      ).choices(BASE_TREES),
    )
    .option('--branch-prefix <prefix>', 'what the branches of results start with', branchPrefix)
    .option('--author <author>', 'who commits are by: "Name <email>"', author)
    .addOption(
      new Option(
        '--on-checkout-change <what>',
        'when your files change meanwhile: stop the run, or only tell',
      ).choices(ON_CHECKOUT_CHANGE),
    )
    .option('--correlation-id <id>', "names the run in other systems' records", correlationId)
    .option('--as-asked', 'run this workflow itself, whatever your share of runs says');
  json(command('pause <run>', 'let nothing new of a run start', pause)).option(
    '--interrupt',
    'end what runs now, to be made again',
  );
  json(command('resume <run>', 'go on with a run that is paused, was cut off or waits', resume))
    .option('--dry-run', 'only say what would be kept, run and asked')
    .option('--take-over', 'also from a program elsewhere that you know is gone');
  command('cancel <run>', 'stop a run and everything it started', cancel);
  json(command('runs', 'list the runs of this folder, newest first', runs));
  json(command('show <run> [task]', 'show a run and its tasks, or all of one task', show));
  json(command('gates', 'list the gates that wait for an answer', gates));
  json(command('approve <run> <gate>', 'approve a gate', approve))
    .option('-m, --message <text>', 'a note kept with the answer')
    .option('--choice <text>', 'what is chosen, or answered, where the gate asks for it')
    .option('--identical', 'approve all gates here that ask the same about the same content');
  json(
    command(
      'request-changes <run> <gate>',
      'have what a gate asks about made again, otherwise',
      requestChanges,
    ),
  )
    .requiredOption('--note <text>', 'what is to be changed; those who make it are told')
    .addOption(
      new Option('--task <task>', 'who makes it again; may be repeated')
        .argParser(repeated)
        .default([], 'all who made it'),
    );
  json(command('reject <run> <gate>', 'reject a gate', reject)).option(
    '-m, --message <text>',
    'a note kept with the answer',
  );
  json(command('answer <run> <task>', 'answer what an agent asks', answerQuestion))
    .option('--allow', 'it may, this once')
    .option('--allow-always', 'it may, whenever the task wants to use that tool again')
    .option('--deny [note]', 'it may not; the agent is told the note and goes on')
    .option('--raise <limit>', 'raise the budget to so many tokens, dollars or minutes')
    .option('--model <name>', 'with --raise: go on with this model')
    .option('--stop', 'end the task where its budget is spent');
  json(command('diff <run> [task]', 'show what tasks did to files', diff))
    .option('--stat', 'only how much of each file changed')
    .option('--name-only', 'only the names of the files');
  json(command('forecast <run>', 'say which results could not be merged now', forecast));
  json(command('merge <run>', 'merge the approved results of a run into one branch', merge))
    .addOption(
      new Option('--take <choice...>', 'of paths in conflict: ours or theirs, then the paths')
        .argParser((word: string, before: SideWords) => before.with(word))
        .default(SideWords.none, 'none'),
    )
    .addOption(
      new Option('--take-file <path=file>', 'take a file of yours for a path; may be repeated')
        .argParser(repeated)
        .default([], 'none'),
    )
    .option('--versions <folder>', 'only write the versions of paths in conflict there')
    .option('--anew', 'begin a merge that waits from the start; choices made for it count no more');
  json(command('rollback <run> <task>', "take a task's result back from its branch", rollback));
  json(command('drop <run>', 'remove a run with its branches, tags and copies', drop)).option(
    '--yes',
    'without being asked',
  );
  json(command('prune', 'drop the runs that ended long ago', prune))
    .requiredOption('--older-than <age>', 'how long ago: 12h, 30d, 8w', age)
    .option('--dry-run', 'only say what would go')
    .option('--yes', 'without being asked');
  json(command('model <run> <task> <model>', 'go on with another model from the next turn', model));
  json(
    command(
      'permissions <run> <task> <mode>',
      'change what an agent may do unasked: default, acceptEdits, plan, bypassPermissions',
      permissions,
    ),
  );
  json(command('ledger <run>', 'show what a run asked of models, and what it cost', ledger));
  json(
    command(
      'metrics',
      'say how runs and agents have done, what it cost and what was saved',
      metrics,
    ),
  )
    .addOption(
      new Option('--since <window>', 'what ended in this time')
        .choices(['24h', '7d', '30d', 'all'])
        .default('7d'),
    )
    .addOption(
      new Option(
        '--csv [table]',
        'one table as CSV (agents); for all of them as one object say --json',
      ).choices(METRICS_TABLES),
    );
  json(
    command(
      'compare <workflowA> <workflowB>',
      'say which of two ways of doing the same work is better, and how sure that is',
      compare,
    ),
  )
    .option(
      '--runs <n>',
      'make so many runs of each, in turn; else those that are kept count',
      wholeNumber(1, 200),
    )
    .addOption(
      new Option('-i, --input <key=value>', 'value of an input, for both; may be repeated')
        .argParser(collectInput)
        .default({}, 'none'),
    )
    .option('--at-once <n>', 'runs under way at the same time (1)', wholeNumber(1, 16))
    .option('--max-parallel <n>', 'tasks at once in each run', wholeNumber(1, 64))
    .option(
      '--cache',
      'use the cache; without it each run does all of its work, so that none lives on what another did',
    )
    .addOption(
      new Option(
        '--approve <gate>',
        'approve this gate, or "all", as soon as it opens; may be repeated',
      )
        .argParser(repeated)
        .default([], 'none'),
    )
    .option(
      '--timeout <time>',
      'stop a run after this: 90s, 10m, 2h; it counts as failed',
      duration,
    )
    .option('--yes', 'without being asked, where it may cost money')
    .option('--with-kept', 'count runs that are kept, too')
    .option('--since <age>', 'of kept runs those that began in this time: 12h, 30d', age)
    .option('--last <n>', 'of kept runs so many of each, the newest', wholeNumber(1, 1000))
    .option('--drawn', 'of kept runs those whose way the share of runs drew');
  json(command('models', 'list the models that can be used, and whose keys are missing', models));
  const kept = json(
    command('cache [what]', 'say what the cache has saved and holds, or clear it', cache),
  )
    .option('--namespace <name>', 'clear the answers of one namespace')
    .option('--agent <name>', 'clear the answers of one agent')
    .option('--run <run>', 'clear what one run has added')
    .option('--yes', 'clear all of it without being asked');
  kept.registeredArguments[0]?.choices(['stats', 'clear']).default('stats');
  json(command('stop <run> <task>', 'end a running task; what needs it is skipped', ask('stop')));
  json(command('hold <run> <task>', 'keep a task from running until it is released', ask('hold')));
  json(command('release <run> <task>', 'let a task run that is held', ask('release')));
  json(command('rerun <run> <task>', 'make a task again, and what came of it', rerun))
    .option('--prompt <text>', 'another prompt for it')
    .option('--model <name>', 'another model for it')
    .option('--no-cache', 'make what comes of it anew too');
  json(command('skip <run> <task>', 'go on without a task', ask('skip')));
  json(command('accept <run> <task>', 'say that a task that was cut off is done', ask('accept')));
  json(command('steer <run> <task> <message>', 'say something to a running agent', steer));
  command('exec <run> <task> <command...>', "run a command in a task's workspace copy", exec);
  return program;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
