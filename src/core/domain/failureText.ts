import { unreachable } from '../base/exhaustive.ts';
import { count, formatBytes, formatDuration, oneLine, plainText } from '../base/text.ts';
import { callFailureText } from './callFailureText.ts';
import type { Failure } from './failure.ts';
import type { BudgetReached } from './question.ts';
import type { SandboxLimit } from './sandbox.ts';

export interface FailureText {
  /** One line: what happened. */
  readonly title: string;
  /** What to do next. */
  readonly fix: string | undefined;
  /** The end of what the program printed, or a stack; several lines. */
  readonly detail: string | undefined;
}

const RUNNER_WORDS: Readonly<Record<string, string>> = {
  command: 'a command',
  model: 'a language model',
  acp: 'a coding agent',
  'claude-code': 'Claude Code',
};

/** The one place where a failure becomes words. */
export function failureText(failure: Failure): FailureText {
  const text = (title: string, fix?: string, detail?: string): FailureText => ({
    title,
    fix,
    detail: detail === undefined || detail === '' ? undefined : plainText(detail),
  });
  switch (failure.reason) {
    case 'command-not-found':
      return text(
        `The command "${failure.command}" was not found`,
        failure.install === undefined
          ? 'Install it, or put it on PATH where VS Code (or the terminal) was started.'
          : `Install it: ${failure.install}`,
      );
    case 'spawn-failed':
      return text(
        `"${failure.command}" could not be started: ${oneLine(failure.message)}`,
        'Check that the file is a program you may execute.',
      );
    case 'exited':
      return text(
        `"${failure.command}" exited with code ${failure.code}`,
        'Read its output. If this code means success, add it to success-codes in the agent file.',
        failure.tail,
      );
    case 'signalled':
      return text(
        `"${failure.command}" was ended by ${failure.signal}`,
        failure.signal === 'SIGKILL'
          ? 'Something outside Sluice killed it; often the system was out of memory.'
          : 'Read its output; a crash in the program itself is the usual cause.',
        failure.tail,
      );
    case 'timed-out':
      return failure.limit === 'wall'
        ? text(
            `Stopped after ${formatDuration(failure.afterMs)}, its time limit`,
            'Raise timeout in the step or the agent file if it needs longer.',
          )
        : text(
            `Stopped after ${formatDuration(failure.afterMs)} without a word`,
            'Raise idle-timeout in the agent file if it may be silent for longer.',
          );
    case 'output-cap':
      return text(
        `Stopped: it printed more than ${formatBytes(failure.limitBytes)}`,
        'Make the command print less, or let it write a file and name that under produces.',
      );
    case 'not-produced':
      return text(
        `It ended well but did not produce ${failure.paths.join(', ')}`,
        'Let the command write each path under produces as a plain file inside its folder.',
      );
    case 'bad-product':
      return text(
        `${oneLine(failure.path)} is not as its schema says`,
        'Read what is wrong below; fix the agent, or the schema in the workflow.',
        failure.problems.join('\n'),
      );
    case 'check-failed':
      return text(
        failure.code === undefined
          ? `The check "${oneLine(failure.command)}" could not be run to its end`
          : `The check "${oneLine(failure.command)}" exited with code ${failure.code}`,
        'Read its output; the work is kept out until the check passes.',
        failure.tail,
      );
    case 'out-of-bounds':
      return text(
        `It changed ${count(failure.count, 'file')} that it may not: ${failure.paths
          .slice(0, 3)
          .map((path) => oneLine(path))
          .join(', ')}${failure.count > 3 ? ', …' : ''}`,
        'Nothing of it counts. Add the paths to owns of the step or its agent, or tell the agent to leave them alone.',
        failure.paths.join('\n'),
      );
    case 'overlap':
      return text(
        `${failure.tasks.join(' and ')} made ${oneLine(failure.path)} differently`,
        'Let one task make the file, or put what differs into files of their own.',
      );
    case 'expression':
      return text(`${failure.where}: ${failure.message}`, 'Correct the expression.');
    case 'no-runner':
      return text(
        `Nothing here can run the agent "${oneLine(failure.agent)}": it is ${RUNNER_WORDS[failure.kind] ?? oneLine(failure.kind)}`,
        'Give the step another agent, or update Sluice.',
      );
    case 'no-model':
      return text(
        'None of its models can be asked',
        'Do one of the things below, or name another model: model in the step or the agent file.',
        failure.problems.join('\n'),
      );
    case 'call-failed':
      return callFailureText(failure);
    case 'other-model':
      return text(
        `${oneLine(failure.served)} answered, although ${oneLine(failure.requested)} was asked`,
        'Ask for the model that answers, or write on-other-model: show under model-policy.',
      );
    case 'too-many-turns':
      return text(
        `Stopped after ${count(failure.turns, 'answer')} of its model: it came to no end`,
        'Read its log. If it needs more, raise max-turns under model-policy; else make the task smaller.',
      );
    case 'bad-output':
      return text(
        'Its output is not as its schema says',
        'Read what is wrong below; fix the agent, or the output-schema.',
        failure.problems.join('\n'),
      );
    case 'budget-spent':
      return text(
        `${failure.scope.kind === 'run' ? "The run's" : 'Its'} budget of ${amountText(failure.of, failure.limit)} is spent`,
        'Raise budget in the workflow, the step or the agent file, and run it again.',
      );
    case 'agent-broke':
      return text(
        `The coding agent "${oneLine(failure.command)}" broke off: ${oneLine(failure.message)}`,
        'Start it in a terminal to see whether it is installed and signed in.',
        failure.tail,
      );
    case 'sandbox-limit':
      return text(
        `Its sandbox stopped it: ${SANDBOX_LIMITS[failure.limit](failure.most)}`,
        failure.limit === 'processes'
          ? 'Make it start fewer at once.'
          : `Make it need less, or raise ${failure.limit} under sandbox in the step or the agent file.`,
      );
    case 'no-sandbox':
      return text(
        `It was to run in a sandbox, and ${oneLine(failure.why)}`,
        `${failure.cure} Or allow it outside when it asks, or write sandbox: false.`,
      );
    case 'workspace':
      return text(`The workspace copy could not be made: ${oneLine(failure.message)}`);
    case 'landing':
      return text(
        `The artifacts could not be committed: ${oneLine(failure.message)}`,
        'Nothing of it reached a branch. What the task printed is kept with the run.',
      );
    case 'rejected':
      return text(
        `Rejected by ${oneLine(failure.by)}${failure.note === undefined ? '' : `: ${oneLine(failure.note)}`}`,
      );
    case 'cancelled':
      return text('Cancelled');
    case 'interrupted':
      return text('Cut off: the program driving the run died');
    case 'internal':
      return text(
        'Something went wrong inside Sluice',
        'Please report it with the detail below.',
        failure.message,
      );
    default:
      return unreachable(failure);
  }
}

const SANDBOX_LIMITS: Readonly<Record<SandboxLimit, (most: number) => string>> = {
  memory: (most) => `it needed more than ${formatBytes(most)} of memory`,
  disk: (most) => `it wrote more than ${formatBytes(most)}`,
  processes: (most) => `it started more than ${count(most, 'process', 'processes')}`,
};

/** `5 tokens`, `$1.50`, `20 min`. */
function amountText(of: BudgetReached['of'], amount: number): string {
  switch (of) {
    case 'tokens':
      return count(amount, 'token');
    case 'usd':
      return `$${amount.toFixed(2)}`;
    case 'time':
      return formatDuration(amount);
  }
}
