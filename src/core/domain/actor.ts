/** Who did something, as the journal keeps it. */
export interface Actor {
  /** The user's name on this machine. */
  readonly name: string;
  readonly via: 'vscode' | 'terminal';
}
