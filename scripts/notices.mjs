import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * The licence texts of all packages that went into bundles, as one text: their authors ask for no more
 * than that it comes along.
 * @param {readonly import('esbuild').Metafile[]} bundles
 */
export function noticesOf(bundles) {
  const folders = new Set();
  for (const input of bundles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (folder) {
      folders.add(folder);
    }
  }
  const packages = [...folders].map((folder) => {
    const at = path.join(root, folder);
    const { name, version, license } = JSON.parse(
      fs.readFileSync(path.join(at, 'package.json'), 'utf8'),
    );
    const file = fs.readdirSync(at).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? fs.readFileSync(path.join(at, file), 'utf8').trim() : `Licence: ${license}`;
    return { title: `${name} ${version} (${license})`, text };
  });
  packages.sort((a, b) => (a.title < b.title ? -1 : 1));
  return packages.map(({ title, text }) => `${title}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}
