import type { GraphPageMessage } from '../protocol.ts';
import { parseHostMessage, parseSavedView } from './messages.ts';
import { GraphPage } from './page.ts';
import type { SavedView } from './viewport.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: GraphPageMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** Milliseconds of rest before the view is kept: a drag is a hundred changes. */
const SAVE_AFTER = 200;

const vscode = acquireVsCodeApi();
/** What the panel shows; VS Code gives it back to the extension when the panel is restored. */
const subject = JSON.parse(document.body.dataset['subject'] ?? '{}') as Record<string, unknown>;
const saved = parseSavedView(vscode.getState());
vscode.setState({ subject, view: saved });

let pendingSave: ReturnType<typeof setTimeout> | undefined;
function save(view: SavedView): void {
  clearTimeout(pendingSave);
  pendingSave = setTimeout(() => vscode.setState({ subject, view }), SAVE_AFTER);
}

const page = new GraphPage(
  document.body,
  { subject, post: (message) => vscode.postMessage(message), save, now: () => Date.now() },
  saved,
);

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = parseHostMessage(event.data);
  if (message !== undefined) {
    page.show(message.picture);
  }
});
vscode.postMessage({ type: 'ready' });
