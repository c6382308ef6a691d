import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { NOTICED, sluice, windowFolder } from './inWindow.ts';
import { until } from '../../ui/support/until.ts';
import type { TestFolder } from '../../ui/support/testFolder.ts';

const WORKFLOW = '.sluice/workflows/release.yaml';
const TEXT = [
  'name: release',
  'steps:',
  '  build:',
  '    agent: builder',
  '  test:',
  '    needs: [build]',
  '    agent: tester',
  '',
].join('\n');

describe('help with definition files', () => {
  let folder: TestFolder;

  before(async () => {
    folder = windowFolder();
    await sluice().activate();
  });

  beforeEach(async () => {
    folder.agent('builder', '', { description: 'Builds what is there.' });
    folder.agent('tester', '');
    folder.write(WORKFLOW, TEXT);
    const document = await open(WORKFLOW);
    // VS Code may still hold what the test before saved, and would refuse an edit of that once it has read the file again.
    await until('the text as it was written', () => document.getText() === TEXT, NOTICED);
    await until('the lenses', async () => (await lenses(document.uri)).length === 3, NOTICED);
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    folder.remove('.sluice');
    await until(
      'no problems',
      () => vscode.languages.getDiagnostics().every(([, found]) => found.every(isNotOurs)),
      NOTICED,
    );
  });

  it('offers agents, steps and fields, each in its place and as what is typed', async () => {
    const document = await open(WORKFLOW);
    await append(document, '  ship:\n    agent: bu');
    const offered = await completions(document, document.positionAt(document.getText().length));
    const builder = offered.find(({ label }) => nameOf(label) === 'builder');
    assert.equal(builder?.documentation instanceof vscode.MarkdownString, false);
    assert.match(documentationOf(builder), /^Builds what is there\./);

    await append(document, 'ilder\n    needs: [');
    assert.deepEqual(
      ours(await completions(document, document.positionAt(document.getText().length))),
      ['build', 'test'],
    );
    await append(document, 'build]\n    ');
    const fields = ours(
      await completions(document, document.positionAt(document.getText().length)),
    );
    assert.ok(fields.includes('produces') && !fields.includes('needs'), fields.join());
  });

  it('tells on hover what a field is for and who an agent is', async () => {
    const document = await open(WORKFLOW);
    assert.match(await hover(document, 'builder'), /Agent builder.*Builds what is there\./s);
    assert.match(await hover(document, 'needs'), /Steps that must be done first/);
  });

  it('underlines what is wrong in a text that is not saved, once, and lets go when it is undone', async () => {
    const document = await open(WORKFLOW);
    await replace(document, 'tester', 'testr');
    await until('the problem', () => problems(document.uri).length === 1, NOTICED);
    const [problem] = problems(document.uri);
    assert.equal(problem?.code, 'unknown-agent');
    assert.equal(document.getText(problem.range), 'testr');
    assert.ok(document.isDirty);
    await replace(document, 'testr', 'tester');
    await until('no problem', () => problems(document.uri).length === 0, NOTICED);
  });

  it('keeps what it tells over a save', async () => {
    const document = await open(WORKFLOW);
    await replace(document, '[build]', '[nothing]');
    await until('the problem', () => problems(document.uri).length === 1, NOTICED);
    const counts: number[] = [];
    const watching = vscode.languages.onDidChangeDiagnostics(() =>
      counts.push(problems(document.uri).length),
    );
    try {
      await document.save();
      await vscode.commands.executeCommand('sluice.refresh');
    } finally {
      watching.dispose();
    }
    assert.equal(problems(document.uri).length, 1);
    assert.ok(
      counts.every((count) => count === 1),
      counts.join(),
    );
  });

  it('repairs what has one obvious repair', async () => {
    const document = await open(WORKFLOW);
    await replace(document, '[build]', '[buidl]');
    await until('the problem', () => problems(document.uri).length === 1, NOTICED);
    const [problem] = problems(document.uri);
    assert.ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ title }) => title === 'Change to "build"');
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    assert.equal(fix.isPreferred, true);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(document.getText(), TEXT);
    await until('no problem', () => problems(document.uri).length === 0, NOTICED);
  });

  it('shows over a workflow and over an agent what can be done with them', async () => {
    const document = await open(WORKFLOW);
    assert.deepEqual(
      (await lenses(document.uri)).map(({ command }) => [command?.title, command?.command]),
      [
        ['▶ Run', 'sluice.runWorkflow'],
        ['◇ Show graph', 'sluice.showGraph'],
        ['✓ Pre-flight', 'sluice.preflight'],
      ],
    );
    const agent = await open('.sluice/agents/tester.json');
    const [run, ...others] = await lenses(agent.uri);
    assert.deepEqual(run?.command?.arguments, [
      { folder: vscode.Uri.file(folder.path).toString(), agent: 'tester' },
    ]);
    assert.deepEqual(others, []);
  });

  it('draws the graph of the workflow from its lens', async () => {
    const document = await open(WORKFLOW);
    const command = (await lenses(document.uri))[1]?.command;
    assert.ok(command);
    await vscode.commands.executeCommand(
      command.command,
      ...((command.arguments ?? []) as unknown[]),
    );
    const labels = () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    await until('the graph', () => labels().some((label) => label.includes('release')), NOTICED);
  });

  it('leads from a name to what it stands for, and from that to all that name it', async () => {
    const document = await open(WORKFLOW);
    const [agent] = await definitions(document, 'builder');
    assert.equal(agent?.targetUri.fsPath, folder.file('.sluice/agents/builder.json'));
    const [step] = await definitions(document, 'build]');
    assert.deepEqual(
      [step?.targetUri.fsPath, step?.targetRange.start.line],
      [document.uri.fsPath, 2],
    );
    const uses = await references(document, 'build:');
    assert.deepEqual(
      uses.map(({ range }) => range.start.line),
      [2, 5],
    );
    const file = await open('.sluice/agents/builder.json');
    const steps = await references(file, 'name');
    assert.ok(
      steps.some(({ uri, range }) => uri.fsPath === document.uri.fsPath && range.start.line === 3),
    );
  });

  async function open(file: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(folder.file(file));
    await vscode.window.showTextDocument(document);
    return document;
  }
});

async function append(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, document.positionAt(document.getText().length), text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

async function replace(document: vscode.TextDocument, from: string, to: string): Promise<void> {
  const start = document.getText().indexOf(from);
  const edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(
    document.positionAt(start),
    document.positionAt(start + from.length),
  );
  edit.replace(document.uri, range, to);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

function placeOf(document: vscode.TextDocument, text: string): vscode.Position {
  return document.positionAt(document.getText().indexOf(text) + 1);
}

async function completions(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    position,
  );
  return items;
}

/** The names of ours, in their order: the editor offers words of the file too. */
function ours(items: readonly vscode.CompletionItem[]): string[] {
  return items
    .filter(({ kind }) => kind !== vscode.CompletionItemKind.Text)
    .map(({ label }) => nameOf(label));
}

function nameOf(label: vscode.CompletionItem['label']): string {
  return typeof label === 'string' ? label : label.label;
}

function documentationOf(item: vscode.CompletionItem | undefined): string {
  const text = item?.documentation;
  return text instanceof vscode.MarkdownString ? text.value : (text ?? '');
}

async function hover(document: vscode.TextDocument, text: string): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    placeOf(document, text),
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) =>
      content instanceof vscode.MarkdownString ? content.value : JSON.stringify(content),
    )
    .join('\n')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('\\', '');
}

async function lenses(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    10,
  );
}

async function definitions(
  document: vscode.TextDocument,
  text: string,
): Promise<vscode.LocationLink[]> {
  return vscode.commands.executeCommand<vscode.LocationLink[]>(
    'vscode.executeDefinitionProvider',
    document.uri,
    placeOf(document, text),
  );
}

async function references(document: vscode.TextDocument, text: string): Promise<vscode.Location[]> {
  return vscode.commands.executeCommand<vscode.Location[]>(
    'vscode.executeReferenceProvider',
    document.uri,
    placeOf(document, text),
  );
}

function problems(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((one) => !isNotOurs(one));
}

function isNotOurs({ source }: vscode.Diagnostic): boolean {
  return source !== 'Sluice';
}
