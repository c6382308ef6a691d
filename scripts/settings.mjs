// Writes docs/settings.md from package.json, where the settings stand. A unit test says when that is due.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Who may set a setting, by its scope. */
const WHO = {
  application: 'you alone',
  machine: 'you alone, for each machine',
  'machine-overridable': 'you for each machine; a folder over that',
  window: 'you; a workspace over that',
  resource: 'you; a workspace or a folder over that',
};

/**
 * @typedef {{ readonly default?: unknown, readonly scope: string, readonly enum?: readonly unknown[],
 *   readonly enumDescriptions?: readonly string[], readonly markdownEnumDescriptions?: readonly string[],
 *   readonly description?: string, readonly markdownDescription?: string }} Setting
 */

/**
 * @param {readonly { readonly title: string, readonly properties: Readonly<Record<string, Setting>> }[]} groups
 * @param {(text: string) => string} said a contributed text, in English
 * @returns {string}
 */
export function settingsPage(groups, said) {
  const lines = [
    '# Settings',
    '',
    'All settings of the extension, as the Settings editor shows them under **Extensions › Sluice**. Where keys go, what may be',
    'spent and what protects your checkout is for you alone: what a folder or a workspace says of that does not count.',
    '',
    'This page is written by `npm run settings` from `package.json`. The terminal has [settings of its own](cli.md).',
  ];
  for (const { title, properties } of groups) {
    lines.push('', `## ${said(title)}`);
    for (const [key, setting] of Object.entries(properties)) {
      const { scope, default: usual, description, markdownDescription } = setting;
      const text = said(markdownDescription ?? description ?? '').replace(/`#([\w.]+)#`/g, '`$1`');
      lines.push('', `### \`${key}\``, '', text, '');
      for (const [place, value] of (setting.enum ?? []).entries()) {
        const each = setting.enumDescriptions ?? setting.markdownEnumDescriptions ?? [];
        lines.push(`- \`${JSON.stringify(value)}\`: ${said(each[place] ?? '')}`);
      }
      lines.push(
        ...(setting.enum === undefined ? [] : ['']),
        `Unless you say otherwise: \`${JSON.stringify(usual)}\`. Set by ${WHO[scope] ?? scope}.`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.join(import.meta.dirname, '..');
  const read = (file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
  const texts = read('package.nls.json');
  const said = (text) => texts[/^%(.+)%$/.exec(text)?.[1]] ?? text;
  const page = settingsPage(read('package.json').contributes.configuration, said);
  fs.writeFileSync(path.join(root, 'docs/settings.md'), page);
}
