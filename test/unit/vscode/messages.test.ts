import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/**
 * Messages after which there is nothing to do, by their file and how their text begins, with the reason. Who tells of
 * a thing that went wrong is never among them.
 */
const WITHOUT_BUTTON: Readonly<Record<string, string>> = {
  'commands/chooseDefaultModel.ts: Agents that name no model now use {0}.': 'done as asked',
  'commands/clearCache.ts: Nothing of that was in the cache.': 'done as asked',
  'commands/clearCache.ts: The cache of {0} is empty: nothing to clear.': 'nothing is to be done',
  'commands/dropRun.ts: {0} is gone.{1}': 'done as asked',
  'commands/pruneRuns.ts: 1 run is gone, with its branches, tags and copies.': 'done as asked',
  'commands/rollBackTask.ts: {0} of {1} has no result on a branch.': 'nothing is to be done',
  'commands/runCommandInCopy.ts: {0} in {1} exited with code 0.': 'its output is open',
  'commands/setApiKey.ts: The key for {0} is stored.': 'done as asked',
  'commands/setApiKey.ts: The key for {0} was removed.': 'done as asked',
  'commands/showChanges.ts: {0}: no file was changed.': 'nothing is to be done',
};

interface Message {
  /** From where it is told: `commands/ask.ts:12`. */
  readonly at: string;
  /** `commands/ask.ts: {0}, because {1}.` */
  readonly name: string;
  readonly isBad: boolean;
  readonly hasButton: boolean;
}

const SHOWS = /^show(?:Information|Warning|Error)Message$/;

/** What is told in a file: by `tell(…)`, or by VS Code itself. @param file below src/vscode */
function messagesIn(file: string, text: string): Message[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const note = (node: ts.CallExpression, words: ts.Expression | undefined, isBad: boolean) => {
    const after = node.arguments.slice(node.arguments.indexOf(words ?? node) + 1);
    found.push({
      at: `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
      name: `${file}: ${firstText(words) ?? ''}`,
      isBad,
      // Options of a dialog are no button.
      hasButton: after.some((each) => !ts.isObjectLiteralExpression(each) || hasAct(each)),
    });
  };
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const called = node.expression;
      const [first, second] = node.arguments;
      if (ts.isIdentifier(called) && called.text === 'tell') {
        const isPlain =
          first !== undefined && ts.isStringLiteral(first) && first.text === 'information';
        note(node, second, !isPlain);
      } else if (ts.isPropertyAccessExpression(called) && SHOWS.test(called.name.text)) {
        note(node, first, called.name.text !== 'showInformationMessage');
      }
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

function hasAct(literal: ts.ObjectLiteralExpression): boolean {
  return literal.properties.some((each) => each.name?.getText() === 'act');
}

/** The first literal of an expression as the source has it. */
function firstText(node: ts.Node | undefined): string | undefined {
  return node === undefined || ts.isStringLiteralLike(node)
    ? node?.text
    : ts.forEachChild(node, firstText);
}

const FOLDER = path.resolve('src/vscode');

function allMessages(): Message[] {
  return fs
    .readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.ts') && file !== 'messages.ts')
    .flatMap((file) => {
      const text = fs.readFileSync(path.join(FOLDER, file), 'utf8');
      return /\/messages\.ts'|Message\(/.test(text) ? messagesIn(file, text) : [];
    });
}

describe('What people are told', () => {
  it('has a button where there is one thing to do', () => {
    const without = allMessages().filter(({ hasButton }) => !hasButton);
    assert.deepEqual(
      without
        .filter(({ name, isBad }) => isBad || !Object.hasOwn(WITHOUT_BUTTON, name))
        .map(({ at, name }) => `${at} ${name}`),
      [],
    );
  });

  it('is on the list of those without a button only as long as it has none', () => {
    const without = new Set(
      allMessages().flatMap(({ name, hasButton }) => (hasButton ? [] : [name])),
    );
    assert.deepEqual(
      Object.keys(WITHOUT_BUTTON).filter((name) => !without.has(name)),
      [],
    );
  });

  it('is found in the sources, with and without a button', () => {
    const found = messagesIn(
      'x.ts',
      `void tell('error', vscode.l10n.t('Broken'));
       void tell('information', 'Done', retry(() => 1));
       void tell(isOk ? 'information' : 'warning', text, { label: 'Again', act: () => 1 });
       vscode.window.showWarningMessage('Sure?', { modal: true });
       vscode.window.showInformationMessage('Hello', ...buttons);
       rows.tell('Broken');`,
    );
    assert.deepEqual(found, [
      { at: 'x.ts:1', name: 'x.ts: Broken', isBad: true, hasButton: false },
      { at: 'x.ts:2', name: 'x.ts: Done', isBad: false, hasButton: true },
      { at: 'x.ts:3', name: 'x.ts: ', isBad: true, hasButton: true },
      { at: 'x.ts:4', name: 'x.ts: Sure?', isBad: true, hasButton: false },
      { at: 'x.ts:5', name: 'x.ts: Hello', isBad: false, hasButton: true },
    ]);
  });
});
