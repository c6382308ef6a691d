/** VS Code settings by their full name. */
export type Settings = Readonly<Record<string, unknown>>;

/** A quiet window: nothing opens by itself, nothing asks the network. */
export const quietSettings: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  // Otherwise Settings and the trust editor open in a second, modal editor part.
  'workbench.editor.useModal': 'off',
  // Hides the chat view, which here could only ask for a sign-in; `vscode.lm` keeps working.
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
};

/** By `setting`, the value of `workbench.colorTheme`; `label`, what the pick says; `drawn`, the window's CSS class. */
export const colorThemes = {
  light: {
    setting: 'Default Light Modern',
    label: 'Light Modern',
    drawn: 'vscode-theme-defaults-themes-light_modern-json',
  },
  dark: {
    setting: 'Default Dark Modern',
    label: 'Dark Modern',
    drawn: 'vscode-theme-defaults-themes-dark_modern-json',
  },
  highContrast: {
    setting: 'Default High Contrast',
    label: 'Dark High Contrast',
    drawn: 'vscode-theme-defaults-themes-hc_black-json',
  },
} as const;

export type ColorTheme = keyof typeof colorThemes;

/** Built-in extensions that need accounts, the network or a debugger; leaving them out saves start time. */
export const unneededExtensions = [
  'GitHub.copilot-chat',
  'vscode.github',
  'vscode.github-authentication',
  'vscode.microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'vscode.tunnel-forwarding',
];
