import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import { FILTER_STATES, FILTER_WORDS, type FilterState } from '../views/runFilter.ts';
import type { RunsFilter } from '../views/runsFilter.ts';

interface StateItem extends vscode.QuickPickItem {
  readonly state: FilterState;
}

const ICONS: Readonly<Record<FilterState, string>> = {
  failed: 'error',
  running: 'loading',
  waiting: 'bell-dot',
  reused: 'archive',
};

/** Text and states in one box: what is written is looked for in names, what is ticked in states. */
export function filterRuns(filter: RunsFilter): Command {
  return {
    id: 'sluice.filterRuns',
    execute: async () => {
      const { text, states } = filter.current;
      const pick = vscode.window.createQuickPick<StateItem>();
      pick.title = 'Filter Runs';
      pick.placeholder = 'Words in names of tasks, agents, phases and runs; tick states';
      pick.canSelectMany = true;
      pick.items = FILTER_STATES.map((state) => ({
        state,
        label: FILTER_WORDS[state],
        iconPath: new vscode.ThemeIcon(ICONS[state]),
        // What is written looks for tasks, not for states.
        alwaysShow: true,
      }));
      pick.selectedItems = pick.items.filter(({ state }) => states.includes(state));
      pick.value = text;
      const chosen = new Promise<boolean>((resolve) => {
        pick.onDidAccept(() => resolve(true));
        pick.onDidHide(() => resolve(false));
      });
      pick.show();
      try {
        if (await chosen) {
          const ticked = pick.selectedItems.map(({ state }) => state);
          await filter.set({
            text: pick.value.trim(),
            states: FILTER_STATES.filter((state) => ticked.includes(state)),
          });
        }
      } finally {
        pick.dispose();
      }
    },
  };
}

export function clearRunsFilter(filter: RunsFilter): Command {
  return { id: 'sluice.clearRunsFilter', execute: () => filter.set() };
}
