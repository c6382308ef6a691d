import * as vscode from 'vscode';
import { isDigest } from '../../core/base/digest.ts';
import type { Disposable } from '../../core/base/disposables.ts';
import { formatBytes, isBinary, oneLine, thrownMessage } from '../../core/base/text.ts';
import type { FileVersion } from '../../core/domain/event.ts';
import type { Project, Projects } from '../project.ts';

const SCHEME = 'sluice-version';

/**
 * One version of a file as a read-only document. The address holds all that is needed to find the bytes again, so a
 * document restored after a reload is the same; its path is what people and languages go by.
 */
export function versionUri(project: Project, version: FileVersion, path: string): vscode.Uri {
  const query = new URLSearchParams({
    folder: project.folder.uri.toString(),
    digest: version.digest,
    bytes: String(version.bytes),
  });
  return vscode.Uri.from({ scheme: SCHEME, path: `/${path}`, query: query.toString() });
}

export class VersionDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #projects: Projects;
  readonly #registration: vscode.Disposable;

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  async provideTextDocumentContent({ query }: vscode.Uri): Promise<string> {
    await this.#projects.opened();
    const named = new URLSearchParams(query);
    const project = this.#projects.byUri(named.get('folder') ?? '');
    const digest = named.get('digest') ?? '';
    if (project === undefined || !isDigest(digest)) {
      return 'The folder this belongs to is not open, or not trusted.\n';
    }
    const version = { digest, bytes: Number(named.get('bytes')), executable: false };
    try {
      return textOf(version, await project.sluice.results.bytes(version));
    } catch (thrown) {
      return `This version cannot be read any more: ${oneLine(thrownMessage(thrown))}\n`;
    }
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

/** The digest tells one binary content from another, which is all a diff of them can show. */
function textOf({ digest }: FileVersion, bytes: Uint8Array): string {
  return isBinary(bytes)
    ? `(${formatBytes(bytes.length)} of binary content, SHA-256 ${digest})\n`
    : new TextDecoder().decode(bytes);
}
