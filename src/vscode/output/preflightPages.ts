import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/disposables.ts';
import { oneLine, thrownMessage } from '../../core/base/text.ts';
import { preflightPage } from '../../core/preflight/page.ts';
import { readSetting } from '../readSetting.ts';
import type { Project, Projects } from '../project.ts';
import { isPageShown } from './shownPages.ts';

const SCHEME = 'sluice-preflight';

/** What a page was told from. */
interface Shown {
  /** Kept here and not in the address, which VS Code remembers: an input may be a secret. */
  readonly inputs: Readonly<Record<string, string>>;
  /** As they were when the page was told. */
  definitions: unknown;
}

/**
 * Pre-flights as read-only Markdown documents, shown rendered. An address names the project and the
 * workflow, so a page restored after a reload is told again; it then has the usual inputs.
 */
export class PreflightPages implements vscode.TextDocumentContentProvider, Disposable {
  readonly #projects: Projects;
  readonly #pages = new Map<string, Shown>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration: vscode.Disposable;

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** @param workflow its name */
  async show(
    project: Project,
    workflow: string,
    inputs: Readonly<Record<string, string>>,
  ): Promise<void> {
    const uri = uriOf(project, workflow);
    this.#pages.set(uri.toString(), { inputs, definitions: undefined });
    // One that is open already is brought to the front and told anew.
    this.#changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  /** Pages of definitions that have changed are told anew. */
  refresh(): void {
    for (const [address, page] of this.#pages) {
      const uri = vscode.Uri.parse(address, true);
      const definitions = this.#subject(uri)?.project.sluice.definitions;
      if (page.definitions === undefined || page.definitions === definitions) {
        continue;
      }
      if (!isPageShown(uri)) {
        this.#pages.delete(address);
      } else if (vscode.workspace.textDocuments.some((open) => open.uri.toString() === address)) {
        this.#changed.fire(uri);
      } else {
        // VS Code lets go of a document that is only rendered, and asks for it again when it renders.
        page.definitions = undefined;
        void vscode.commands.executeCommand('markdown.preview.refresh');
      }
    }
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    await this.#projects.opened();
    const subject = this.#subject(uri);
    if (subject === undefined) {
      return 'The folder this belongs to is not open, or not trusted.\n';
    }
    const { project, workflow } = subject;
    const { sluice } = project;
    const { definitions } = sluice;
    const page = this.#pages.get(uri.toString()) ?? { inputs: {}, definitions };
    page.definitions = definitions;
    this.#pages.set(uri.toString(), page);
    const entry = definitions.workflows.find(({ name }) => name === workflow);
    if (entry === undefined) {
      return 'There is no such workflow any more.\n';
    }
    try {
      return preflightPage(
        await sluice.preflight({
          workflow: entry,
          inputs: page.inputs,
          usualParallel: readSetting('maxParallel', project.folder.uri),
        }),
      );
    } catch (thrown) {
      return `The pre-flight could not be made: ${oneLine(thrownMessage(thrown))}\n`;
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
    this.#pages.clear();
  }

  #subject({ query }: vscode.Uri): { project: Project; workflow: string } | undefined {
    const named = new URLSearchParams(query);
    const project = this.#projects.byUri(named.get('folder') ?? '');
    const workflow = named.get('workflow');
    return project === undefined || workflow === null ? undefined : { project, workflow };
  }
}

function uriOf(project: Project, workflow: string): vscode.Uri {
  const query = new URLSearchParams({ folder: project.folder.uri.toString(), workflow });
  return vscode.Uri.from({
    scheme: SCHEME,
    path: `/${titleOf(workflow)}`,
    query: query.toString(),
  });
}

/** What stands on the tab, behind "Preview". */
function titleOf(workflow: string): string {
  return `Pre-flight of ${oneLine(workflow, 60).replaceAll(/[\\/]/g, '-')}.md`;
}
