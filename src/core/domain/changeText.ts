import { unreachable } from '../base/exhaustive.ts';
import { count, lineEnd, oneLine } from '../base/text.ts';
import type { Change, Same } from './cache.ts';

// What of a question is another one, and what is as it was, in words that are safe to show.

/**
 * `src/login.ts changed (read by this task)`
 * @param isTraced files were read by the task; else they only count for it
 * @param most characters of a name
 */
export function changeText({ what, name, how }: Change, isTraced: boolean, most = 60): string {
  const verb = { changed: 'changed', added: 'was added', removed: 'was removed' }[how];
  const called = name === undefined ? '' : ` ${oneLine(name, most)}`;
  switch (what) {
    case 'file': {
      const deed = how === 'added' ? 'looked for by this task' : 'read by this task';
      return `${fileText(name, most)} ${verb}${isTraced ? ` (${deed})` : ''}`;
    }
    case 'list':
      return `${listed(name, most)} ${verb} (seen by this task)`;
    case 'search':
      return `what a search for ${quoted(name, most)} finds ${verb} (searched by this task)`;
    case 'tree':
      return 'files of the folder changed (this task ran a program, so all of them count)';
    case 'served':
      return `the model that answers changed${called === '' ? '' : ` (${called.trim()})`}`;
    case 'need':
      return needText(called, how);
    case 'inputs':
      return name === undefined ? 'files of the folder changed' : inputsText(called, how);
    case 'environment':
      return called === ''
        ? 'its environment changed'
        : `${called.trim()} in its environment ${verb}`;
    case 'engine':
      return 'Sluice changed how it works';
    case 'tools':
      return called === '' ? 'its tools changed' : `its tool${called} ${verb}`;
    case 'model':
      return `its model ${verb}${called === '' ? '' : ` (${called.trim()})`}`;
    case 'agent':
    case 'step':
    case 'prompt':
      return `its ${what}${called} ${verb}`;
    default:
      return unreachable(what);
  }
}

function needText(task: string, how: Change['how']): string {
  const called = task === '' ? ' a task before it' : task;
  switch (how) {
    case 'changed':
      return `what${called} made changed`;
    case 'added':
      return `it needs${called} now`;
    case 'removed':
      return `it does not need${called} any more`;
    default:
      return unreachable(how);
  }
}

function inputsText(glob: string, how: Change['how']): string {
  switch (how) {
    case 'changed':
      return `files like${glob} changed`;
    case 'added':
      return `files like${glob} count now`;
    case 'removed':
      return `files like${glob} do not count any more`;
    default:
      return unreachable(how);
  }
}

/** `login.ts`, `the prompt`: goes before "changed". */
export function changedThing({ what, name }: Change): string {
  switch (what) {
    case 'file':
      return name?.split('/').findLast((part) => part !== '') ?? 'a file';
    case 'list':
      return listed(name, 30);
    case 'search':
      return 'what a search finds';
    case 'tree':
    case 'inputs':
      return name === undefined ? 'files of the folder' : `files like ${name}`;
    case 'served':
      return 'the model that answers';
    case 'need':
      return name === undefined ? 'a task before it' : `what ${name} made`;
    case 'environment':
      return name ?? 'its environment';
    case 'engine':
      return 'Sluice';
    case 'agent':
    case 'step':
    case 'model':
    case 'tools':
    case 'prompt':
      return `its ${what}`;
    default:
      return unreachable(what);
  }
}

/** In this order; what people seldom ask about is said where there is room for all. */
const SAME_WORDS: readonly (readonly [Same['what'], (n: number) => string, 'often' | 'all'])[] = [
  ['agent', () => 'agent', 'often'],
  ['model', () => 'model', 'often'],
  ['prompt', () => 'prompt', 'often'],
  ['step', () => 'step', 'all'],
  ['tools', () => 'tools', 'all'],
  ['environment', () => 'environment', 'all'],
  ['engine', () => 'Sluice', 'all'],
  ['need', (n) => count(n, 'upstream'), 'often'],
  ['inputs', (n) => (n === 1 ? 'input files' : `${n} sets of input files`), 'often'],
  ['files', (n) => count(n, 'file'), 'often'],
];

/** `agent`, `prompt`, `3 files`. @param all also what people seldom ask about */
export function sameWords(same: readonly Same[], all: boolean): readonly string[] {
  return SAME_WORDS.flatMap(([what, word, place]) => {
    const found = same.find((one) => one.what === what && one.count > 0);
    return found === undefined || (place === 'all' && !all) ? [] : [word(found.count)];
  });
}

/** Of a long path the end says more. */
function fileText(path: string | undefined, most: number): string {
  return path === undefined || path === '' ? 'the folder' : lineEnd(path, most);
}

function listed(name: string | undefined, most: number): string {
  const place = fileText(name, most);
  return `the list of files ${place.includes('*') ? 'like' : 'in'} ${place}`;
}

function quoted(text: string | undefined, most: number): string {
  return text === undefined ? 'it' : `"${oneLine(text, most)}"`;
}
