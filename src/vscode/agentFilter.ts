import * as vscode from 'vscode';
import { ONLY_CRITICAL } from './ids.ts';

/** Whether the Agents view shows critical agents only; kept with the window's folders. */
export class AgentFilter {
  readonly #memory: vscode.Memento;
  readonly #changed: () => void;

  constructor(memory: vscode.Memento, changed: () => void) {
    this.#memory = memory;
    this.#changed = changed;
    this.#tell();
  }

  get criticalOnly(): boolean {
    return this.#memory.get<boolean>(ONLY_CRITICAL) === true;
  }

  async show(agents: 'critical' | 'all'): Promise<void> {
    await this.#memory.update(ONLY_CRITICAL, agents === 'critical');
    this.#tell();
    this.#changed();
  }

  #tell(): void {
    void vscode.commands.executeCommand('setContext', ONLY_CRITICAL, this.criticalOnly);
  }
}
