import * as vscode from 'vscode';
import type { Command } from '../contributions.ts';
import { WALKTHROUGH } from '../ids.ts';
import type { WelcomeContexts } from '../status/welcomeContexts.ts';

/** @param extension its id, `publisher.name` */
export function showWalkthrough(extension: string, welcome: WelcomeContexts): Command {
  const id = `${extension}#${WALKTHROUGH}`;
  return {
    id: 'sluice.getStarted',
    execute: () =>
      welcome.open(() =>
        vscode.commands.executeCommand('workbench.action.openWalkthrough', id, false),
      ),
  };
}
