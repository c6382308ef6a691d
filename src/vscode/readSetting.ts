import * as vscode from 'vscode';
import { settings, type Setting } from './ids.ts';

/** A setting's value, or its default when what stands in settings.json is no value of it. */
export function readSetting<Key extends keyof Setting>(
  key: Key,
  scope?: vscode.ConfigurationScope,
): Setting[Key] {
  const value = vscode.workspace.getConfiguration('sluice', scope).get<unknown>(key);
  return settings[key].accepts(value) ? value : settings[key].default;
}
