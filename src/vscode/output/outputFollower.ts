import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../core/base/disposables.ts';
import { FOLLOWS_OUTPUT, OUTPUT_GROWS } from '../ids.ts';
import { afterScroll, isAtEnd, type Following } from './following.ts';

/** What a follower has to know of documents. */
export interface Followed {
  isOne(uri: vscode.Uri): boolean;
  /** Whether more may come: its task is under way. */
  grows(uri: vscode.Uri): boolean;
}

/** Keeps editors at the end of documents that grow, while the person is there too. */
export class OutputFollower implements Disposable {
  readonly #followed: Followed;
  readonly #disposables = new Disposables();
  /** By the document's address, for as long as it is open: it stands when the person comes back to its tab. */
  readonly #following = new Map<string, Following>();
  /** The lowest first line of each editor since its end was seen, and what stood there. */
  readonly #seen = new WeakMap<
    vscode.TextEditor,
    { readonly first: number; readonly text: string }
  >();
  #told = '';

  constructor(followed: Followed) {
    this.#followed = followed;
    const { window, workspace } = vscode;
    this.#disposables.add(window.onDidChangeActiveTextEditor(() => this.refresh()));
    this.#disposables.add(
      window.onDidChangeVisibleTextEditors((editors) => {
        editors.forEach((editor) => this.#begin(editor));
        this.refresh();
      }),
    );
    this.#disposables.add(
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#scrolled(textEditor)),
    );
    this.#disposables.add(
      workspace.onDidChangeTextDocument(({ document }) => this.#grown(document)),
    );
    this.#disposables.add(
      workspace.onDidCloseTextDocument(({ uri }) => this.#following.delete(uri.toString())),
    );
    window.visibleTextEditors.forEach((editor) => this.#begin(editor));
  }

  /** Says to `when` clauses how the active editor is. */
  refresh(): void {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const grows = uri !== undefined && this.#followed.isOne(uri) && this.#followed.grows(uri);
    const follows = grows && this.#following.get(uri.toString()) === 'following';
    const told = `${grows} ${follows}`;
    if (told !== this.#told) {
      this.#told = told;
      void vscode.commands.executeCommand('setContext', OUTPUT_GROWS, grows);
      void vscode.commands.executeCommand('setContext', FOLLOWS_OUTPUT, follows);
    }
  }

  /** As the person says of the active editor. */
  set(follows: boolean): void {
    const editor = vscode.window.activeTextEditor;
    if (editor !== undefined && this.#followed.isOne(editor.document.uri)) {
      this.#following.set(editor.document.uri.toString(), follows ? 'following' : 'off');
      if (follows) {
        revealEnd(editor);
      }
      this.refresh();
    }
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#following.clear();
  }

  /** Whoever opens the output of a task at work wants its last lines. */
  #begin(editor: vscode.TextEditor): void {
    const { uri } = editor.document;
    if (!this.#followed.isOne(uri)) {
      return;
    }
    const key = uri.toString();
    if (!this.#following.has(key) && this.#followed.grows(uri)) {
      this.#following.set(key, 'following');
    }
    if (this.#following.get(key) === 'following' && this.#followed.grows(uri)) {
      revealEnd(editor);
    }
  }

  #scrolled(editor: vscode.TextEditor): void {
    const { document, visibleRanges } = editor;
    const key = document.uri.toString();
    const now = this.#following.get(key);
    const [first, last] = [visibleRanges[0]?.start.line, visibleRanges.at(-1)?.end.line];
    if (now === undefined || first === undefined || last === undefined) {
      return;
    }
    const view = { first, last, end: document.lineCount - 1 };
    const before = this.#firstOf(editor);
    const next = afterScroll(now, before, view);
    this.#following.set(key, next);
    // Whoever scrolls line by line has left the end too: what counts is the way since they were there.
    if (before === undefined || first > before || next !== 'following' || isAtEnd(view)) {
      this.#seen.set(editor, { first, text: textAt(editor, first) ?? '' });
    }
    this.refresh();
  }

  #grown({ uri }: vscode.TextDocument): void {
    const key = uri.toString();
    const now = this.#following.get(key);
    if (now === undefined) {
      return;
    }
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.uri.toString() === key && now === 'following') {
        revealEnd(editor);
      }
    }
  }

  /** The first line that was seen; `undefined` where other lines stand above it now: it says nothing any more. */
  #firstOf(editor: vscode.TextEditor): number | undefined {
    const seen = this.#seen.get(editor);
    // VS Code may replace all the text by one edit: what has moved only the text itself tells.
    return seen !== undefined && textAt(editor, seen.first) === seen.text ? seen.first : undefined;
  }
}

function textAt({ document }: vscode.TextEditor, line: number): string | undefined {
  return line < document.lineCount ? document.lineAt(line).text : undefined;
}

function revealEnd(editor: vscode.TextEditor): void {
  const end = new vscode.Position(Math.max(0, editor.document.lineCount - 1), 0);
  editor.revealRange(new vscode.Range(end, end));
}
