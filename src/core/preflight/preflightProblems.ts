import { count, formatBytes, formatDuration, oneLine } from '../base/text.ts';
import type { Failure } from '../domain/failure.ts';
import { failureText } from '../domain/failureText.ts';
import type { InputSpec } from '../domain/workflow.ts';
import type { ToolFault } from './facts.ts';
import type { Clash } from './report.ts';

// The one place where what a pre-flight finds becomes words: what is wrong, and what to do.

export interface Told {
  readonly message: string;
  readonly repair: string | undefined;
}

/** What would happen to the attempt. */
export function wouldFail(failure: Failure): Told {
  const { title, fix } = failureText(failure);
  return { message: title.replace(/\.$/, ''), repair: fix };
}

export function programMissing(use: 'check' | 'probe', name: string, mayBeMade: boolean): Told {
  const what = use === 'check' ? 'A check' : 'The probe';
  return {
    message: `${what} is the program "${oneLine(name)}", which was not found${mayBeMade ? '; the agent may make it' : ''}`,
    repair: 'Install it, or put it on PATH where VS Code (or the terminal) was started.',
  };
}

export function programUnusable(use: 'check' | 'probe', message: string): Told {
  return {
    message: `${use === 'check' ? 'A check' : 'The probe'} could not be started: ${oneLine(message)}`,
    repair: 'Check that the file is a program you may execute.',
  };
}

export function notInCopy(path: string): Told {
  return {
    message: `"${oneLine(path)}" is ignored by Git, so it is not in the workspace copy the task works in`,
    repair: 'Stop ignoring it, or name a program on PATH.',
  };
}

export function emptyVariable(name: string, input: string): Told {
  return {
    message: `Its variable ${oneLine(name)} is empty, because the input ${oneLine(input)} is`,
    repair: `Give a value for ${oneLine(input)}.`,
  };
}

export function tooShort(usualMs: number, limitMs: number): Told {
  return {
    message: `It usually takes ${formatDuration(usualMs)} and would be stopped after ${formatDuration(limitMs)}`,
    repair: 'Raise timeout in the step or the agent file.',
  };
}

export function clash({ steps: [one, other], globs: [first, second] }: Clash): Told {
  const where = first === second ? first : `${first} and ${second}`;
  return {
    message: `${one} and ${other} may change the same files, and never run at once: ${oneLine(where)}`,
    repair: `Let one need the other, or give each paths of its own under owns.`,
  };
}

export function moreClashes(more: number): Told {
  return {
    message: `${count(more, 'more pair')} of steps may change the same files, and never run at once`,
    repair: undefined,
  };
}

export const CLASHES_NOT_COMPARED: Told = {
  message: 'Not all tasks that own paths were compared: there are too many',
  repair: undefined,
};

export function keyMissing(keys: readonly string[], model: string): Told {
  return {
    message: `No key for the model ${oneLine(model)}: ${keys.join(' or ')} is not set`,
    repair:
      'In VS Code give it with Sluice: Set API Key; in a terminal set the variable before you start.',
  };
}

/** @param why a sentence, with what to do */
export function modelMissing(name: string, why: string): Told {
  return {
    message: `The model ${oneLine(name)} cannot be asked, so another of its list is`,
    repair: oneLine(why, 400),
  };
}

/** @param whys a sentence each, with what to do @param names empty: the user's own choice */
export function noModel(names: readonly string[], whys: readonly string[]): Told {
  return {
    message:
      names.length === 0
        ? 'It names no model, and there is none to be asked'
        : `None of its models can be asked: ${names.map((name) => oneLine(name)).join(', ')}`,
    repair: [...new Set(whys)].map((why) => oneLine(why, 400)).join(' '),
  };
}

/** @param why a sentence, with what to do */
export function noEmbeddings(model: string, why: string): Told {
  return {
    message: `Nothing finds similar questions: ${oneLine(model)} cannot be asked`,
    repair: oneLine(why, 400),
  };
}

/** @param agent one that others ask @param whys a sentence each, with what to do */
export function askedInVain(agent: string, whys: readonly string[]): Told {
  return {
    message: `Other agents ask ${oneLine(agent)}, and none of its models can be asked`,
    repair: [...new Set(whys)].map((why) => oneLine(why, 400)).join(' '),
  };
}

export function toolFault(fault: ToolFault): Told {
  const agent = oneLine(fault.agent);
  switch (fault.kind) {
    case 'unknown':
      return {
        message: `The agent ${agent} has the tool "${oneLine(fault.name)}", which nobody here has`,
        repair: 'It works without. Correct the name, or take it out.',
      };
    case 'server':
      return {
        message: `The agent ${agent} uses the MCP server "${oneLine(fault.name)}", which is not declared`,
        repair: 'Declare it in .mcp.json, or take it out; the agent works without its tools.',
      };
    case 'unkept':
      return {
        message: `The agent ${agent} has the tool "${oneLine(fault.name)}", and nothing keeps to what stands in the brackets`,
        repair: 'Say what it may change under owns and never.',
      };
    case 'file':
      return { message: oneLine(fault.message, 400).replace(/\.$/, ''), repair: undefined };
  }
}

export function noLaunch(platform: string): Told {
  return {
    message: `None of the ways to start this agent can be found on ${platform}`,
    repair: 'Install one of the programs its file names.',
  };
}

export function inputUnknown(name: string, known: readonly string[]): Told {
  return {
    message: `There is no input ${oneLine(name)}`,
    repair: known.length === 0 ? 'It takes none.' : `It takes ${known.join(', ')}.`,
  };
}

export function inputMissing(name: string): Told {
  return { message: `The input ${name} has no value`, repair: `Give a value for ${name}.` };
}

export function inputWrong(name: string, value: string, { type, options }: InputSpec): Told {
  const wanted =
    type === 'choice'
      ? `one of ${options.join(', ')}`
      : type === 'boolean'
        ? 'true or false'
        : `a ${type}`;
  return {
    message: `The input ${name} is ${JSON.stringify(oneLine(value, 60))}, which is not ${wanted}`,
    repair: `Give ${wanted}.`,
  };
}

export function noBranches(notice: string): Told {
  return { message: notice.replace(/\.$/, ''), repair: undefined };
}

export function littleSpace(freeBytes: number): Told {
  return {
    message: `Only ${formatBytes(freeBytes)} are free where workspace copies are made`,
    repair: 'Make room: each running task works in a copy of the folder.',
  };
}
