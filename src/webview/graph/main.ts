import type { GraphPageMessage } from '../protocol.ts';
import { parseHostMessage } from './messages.ts';
import { GraphPage } from './page.ts';
import { keptView, parseSavedView, type SavedView } from './savedView.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: GraphPageMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** Milliseconds of rest before the view is kept: a drag is a hundred changes. */
const SAVE_AFTER = 200;

const vscode = acquireVsCodeApi();
const { dataset } = document.body;
/** What the panel shows; VS Code gives it back to the extension when the panel is restored. */
const subject = JSON.parse(dataset['subject'] ?? '{}') as Record<string, unknown>;
const saved = parseSavedView(vscode.getState());
vscode.setState({ subject, view: saved === undefined ? undefined : keptView(saved) });

let pendingSave: ReturnType<typeof setTimeout> | undefined;
function save(view: SavedView): void {
  clearTimeout(pendingSave);
  pendingSave = setTimeout(() => vscode.setState({ subject, view: keptView(view) }), SAVE_AFTER);
}

const page = new GraphPage(
  document.body,
  {
    subject,
    layoutScript: dataset['layout'],
    post: (message) => vscode.postMessage(message),
    save,
    now: () => Date.now(),
  },
  saved,
);

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = parseHostMessage(event.data);
  if (message !== undefined) {
    page.receive(message);
  }
});
vscode.postMessage({ type: 'ready' });
