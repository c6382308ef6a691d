import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { isPageShown } from './shownPages.ts';

export interface LivePagesOptions {
  readonly scheme: string;
  /** Milliseconds between two looks: telling a page reads files, and nobody reads it faster. */
  readonly apartMs: number;
  /** What the page says now; an address names all that takes. Never rejects. */
  readonly textOf: (uri: vscode.Uri) => Promise<string>;
}

/**
 * Read-only Markdown documents, shown rendered, that are told anew while somebody sees them. A page that is restored
 * after a reload is told again by its address.
 */
export class LivePages implements vscode.TextDocumentContentProvider, Disposable {
  readonly #options: LivePagesOptions;
  /** What each page said last, by its address. */
  readonly #told = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration: vscode.Disposable;
  #looks = Promise.resolve();
  #lookedAt: number;
  #next: NodeJS.Timeout | undefined;

  constructor(options: LivePagesOptions) {
    this.#options = options;
    this.#lookedAt = -options.apartMs;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(options.scheme, this);
  }

  async show(uri: vscode.Uri): Promise<void> {
    // One that is open already is brought to the front and told anew.
    this.#changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  /** Pages that would say something else now are told anew. */
  refresh(): void {
    if (this.#told.size > 0) {
      const apart = this.#lookedAt + this.#options.apartMs - performance.now();
      this.#next ??= setTimeout(() => this.#look(), Math.max(0, apart));
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const text = await this.#options.textOf(uri);
    this.#told.set(uri.toString(), text);
    return text;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
    this.#told.clear();
    clearTimeout(this.#next);
  }

  /** One after the other, so that no older answer comes last. */
  #look(): void {
    this.#next = undefined;
    this.#lookedAt = performance.now();
    // Where VS Code's Markdown is switched off there is no preview to be told anew.
    this.#looks = this.#looks.then(() => this.#tellAnew()).catch(() => undefined);
  }

  async #tellAnew(): Promise<void> {
    for (const [address, told] of [...this.#told]) {
      const uri = vscode.Uri.parse(address, true);
      if (!isPageShown(uri)) {
        this.#told.delete(address);
        continue;
      }
      if ((await this.#options.textOf(uri)) === told) {
        continue;
      }
      if (vscode.workspace.textDocuments.some((open) => open.uri.toString() === address)) {
        this.#changed.fire(uri);
      } else {
        // VS Code lets go of a document that is only rendered, and asks for it again when it renders.
        await vscode.commands.executeCommand('markdown.preview.refresh');
      }
    }
  }
}
