/** How workspace copies are made, as the user has set it. */
export interface CopySettings {
  /** Globs of ignored files that are copied, beside those that `.worktreeinclude` names. */
  readonly include: readonly string[];
  /** Names or globs of ignored folders that are linked instead of copied. */
  readonly link: readonly string[];
  /** Of all copies of a folder, in use and idle. */
  readonly maxBytes: number;
}

export const DEFAULT_COPY_SETTINGS: CopySettings = {
  include: [],
  link: ['node_modules', '.venv'],
  maxBytes: 5 * 1024 * 1024 * 1024,
};
