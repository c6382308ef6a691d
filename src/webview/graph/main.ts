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
let choices = saved === undefined ? '' : choicesOf(saved);
function save(view: SavedView): void {
  clearTimeout(pendingSave);
  const keep = (): void => vscode.setState({ subject, view: keptView(view) });
  // What a person has chosen is kept at once: whoever opens a file right after it finds it when they come back.
  const now = choicesOf(view);
  if (now !== choices) {
    choices = now;
    keep();
  } else {
    pendingSave = setTimeout(keep, SAVE_AFTER);
  }
}

function choicesOf({ selected, isTimelineOpen, isList, isTable, flow, folds }: SavedView): string {
  return JSON.stringify([selected, isTimelineOpen, isList, isTable, flow, [...folds]]);
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
