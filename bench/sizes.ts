import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildExtension } from './builtExtension.ts';

const KB = 1024;
/** Of one page's script, compressed as it would be sent; the layout engine apart. */
const PAGE_LIMIT = 60 * KB;
/** In a file of its own, which a page loads beside its script. */
const LAYOUT_ENGINE = /layout|worker/i;

interface Size {
  readonly bytes: number;
  readonly gzipped: number;
}

/** How large is what a user downloads, and what VS Code reads of it, all minified. */
export function benchSizes(): Promise<void> {
  const built = buildExtension();
  try {
    const dist = path.join(built.folder, 'dist');
    const atStart = readAtStart(path.join(dist, 'extension.cjs'));
    const parts = filesIn(path.join(dist, 'parts'));
    console.log('\nMinified, in KB           files     bytes   gzipped');
    row('extension, read at start', atStart);
    row(
      'extension, read later',
      parts.filter((file) => !atStart.includes(file)),
    );
    row('terminal program', [path.join(dist, 'cli.cjs'), ...filesIn(path.join(dist, 'packages'))]);
    for (const file of filesIn(path.join(dist, 'webview'))) {
      const { gzipped } = row(path.basename(file), [file]);
      if (
        file.endsWith('.js') &&
        !LAYOUT_ENGINE.test(path.basename(file)) &&
        gzipped > PAGE_LIMIT
      ) {
        console.log(`  over the ${PAGE_LIMIT / KB} KB a page's script may have`);
        process.exitCode = 1;
      }
    }
    const vsix = path.join(dist, 'sluice.vsix');
    const vsce = path.join(built.folder, 'node_modules/@vscode/vsce/vsce');
    execFileSync(
      process.execPath,
      [
        ...[vsce, 'package', '--no-dependencies', '--allow-missing-repository'],
        ...['--no-rewrite-relative-links', '--out', vsix],
      ],
      { cwd: built.folder, stdio: 'pipe' },
    );
    row('sluice.vsix', [vsix]);
  } finally {
    built.dispose();
  }
  return Promise.resolve();
}

/** The entry and what it requires by itself, and so on; `import()` is a call, in a function. */
function readAtStart(entry: string): string[] {
  const found = new Set([entry]);
  for (const file of found) {
    const text = fs.readFileSync(file, 'utf8');
    const later = new Set(
      [...text.matchAll(/\.then\(\(\)=>\w+\(require\("([^"]+)"\)/g)].map(([, name]) => name),
    );
    for (const [, name = ''] of text.matchAll(/require\("(\.{1,2}\/[^"]+)"\)/g)) {
      if (!later.has(name)) {
        found.add(path.join(path.dirname(file), name));
      }
    }
  }
  return [...found];
}

function row(name: string, files: readonly string[]): Size {
  const contents = files.map((file) => fs.readFileSync(file));
  const bytes = contents.reduce((sum, content) => sum + content.length, 0);
  const gzipped = contents.reduce((sum, content) => sum + gzipSync(content).length, 0);
  const kb = (value: number) => (value / KB).toFixed(1).padStart(9);
  console.log(
    `  ${name.padEnd(24)}${String(files.length).padStart(5)} ${kb(bytes)} ${kb(gzipped)}`,
  );
  return { bytes, gzipped };
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => /\.(?:cjs|js|css)$/.test(name))
    .map((name) => path.join(folder, name));
}
