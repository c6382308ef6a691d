import { parseHostMessage, parseSavedState } from './messages.ts';
import { DashboardPage } from './page.ts';
import type { DashboardPageMessage } from './protocol.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: DashboardPageMessage): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const vscode = acquireVsCodeApi();
const page = new DashboardPage(
  document.body,
  {
    post: (message) => vscode.postMessage(message),
    save: (state) => vscode.setState(state),
  },
  parseSavedState(vscode.getState()),
);

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = parseHostMessage(event.data);
  if (message !== undefined) {
    page.show(message.picture);
  }
});
page.begin();
