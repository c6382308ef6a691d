import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** Where definitions as people write them are kept: our own, and a public collection where it is there. */
const FOLDERS = [
  ...[
    '.sluice',
    '.github',
    'examples',
    'docs',
    'resources',
    'test/fixtures',
    'test/host/workspaces',
  ],
  '../shared/corpus',
];

/** Longer ones make the other inputs too few. */
const MAX_LENGTH = 20_000;

/** The whole text of every YAML, JSON and Markdown file. */
export function realFiles(): readonly string[] {
  return FOLDERS.map((folder) => path.join(ROOT, folder))
    .filter((folder) => fs.existsSync(folder))
    .flatMap(filesIn)
    .map((file) => fs.readFileSync(file, 'utf8'))
    .filter(({ length }) => length <= MAX_LENGTH);
}

/** The YAML in them: whole files, front matter, and what is fenced as an example. */
export function realYaml(): readonly string[] {
  return realFiles().flatMap((text) => {
    const front = /^---\r?\n[^]*?\n(?=---[ \t]*$)/m.exec(text);
    const fenced = [...text.matchAll(/^```(?:ya?ml|json)\n([^]*?)^```/gm)].map(
      ([, inner]) => inner,
    );
    const isMarkdown = front?.index === 0 || /^#|^```/m.test(text);
    return [
      ...(front?.index === 0 ? [front[0]] : []),
      ...fenced.flatMap((inner) => (inner === undefined ? [] : [inner])),
      ...(isMarkdown ? [] : [text]),
    ];
  });
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:md|ya?ml|json)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/[\\/]node_modules[\\/]/.test(file));
}
