// Bundles Sluice into dist/: the extension, the command line, the packages they load when they need them, the graph
// page and, with --tests, the host tests. The packs are put beside them.
//   node esbuild.mjs [--watch] [--production] [--tests]
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { noticesOf } from './scripts/notices.mjs';
import { assemblePacks } from './scripts/packs.mjs';

const root = import.meta.dirname;
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: !production,
  // The sources are beside the maps in a checkout, and nowhere else are there maps.
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  // An import.meta.url in a CommonJS bundle is undefined when it runs.
  logOverride: { 'empty-import-meta': 'error' },
  // While watching, `announce` prints the problems as .vscode/tasks.json reads them.
  logLevel: watch ? 'silent' : 'warning',
};

/** @type {import('esbuild').BuildOptions} */
const forNode = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  // While watching, the sources change and this would not.
  define: { SLUICE_BUILD: JSON.stringify(watch ? '' : stateOfSources()) },
};

/** Large, and needed by whoever asks a provider of models: each is a file of its own, read when it is first used. */
const apart = [
  'ai',
  '@ai-sdk/anthropic',
  '@ai-sdk/google',
  '@ai-sdk/openai',
  '@ai-sdk/openai-compatible',
];

/** @type {import('esbuild').BuildOptions} */
const packages = {
  ...forNode,
  entryPoints: apart.map((name) => ({ in: name, out: fileOfPackage(name) })),
  outdir: 'dist/packages',
  outExtension: { '.js': '.cjs' },
  target: 'node20',
};

function fileOfPackage(name) {
  return name.replace('@', '').replace('/', '-');
}

/** @type {import('esbuild').BuildOptions} */
const withPackagesApart = {
  // Of what is not in the bundle a `require` is made, which VS Code's host and Node do alike.
  supported: { 'dynamic-import': false },
  plugins: [
    {
      name: 'packages-apart',
      setup(build) {
        build.onResolve({ filter: /^(?:ai$|@ai-sdk\/)/ }, ({ path: name, kind }) =>
          kind === 'dynamic-import' && apart.includes(name)
            ? { path: `./packages/${fileOfPackage(name)}.cjs`, external: true }
            : undefined,
        );
      },
    },
  ],
};

/**
 * Each `import()` of the extension begins a part of its own, a file that is read when it is first asked for: what VS
 * Code reads at its start is what the views need. esbuild parts only ES modules, so they are made CommonJS after it.
 * @type {import('esbuild').BuildOptions}
 */
const extension = {
  ...forNode,
  entryPoints: [{ in: 'src/extension.ts', out: 'extension' }],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  chunkNames: 'parts/[name]-[hash]',
  format: 'esm',
  splitting: true,
  target: 'node22',
  external: ['vscode'],
  sourcemap: production ? false : 'inline',
  write: false,
  plugins: [{ name: 'common-js', setup: (build) => build.onEnd(writeAsCommonJs) }],
};

/** @param {import('esbuild').BuildResult} result of ES modules that are not written yet */
async function writeAsCommonJs({ outputFiles = [] }) {
  const folder = path.join(root, 'dist/parts');
  // Names hold a hash of what is in them: those of an earlier build would stay for ever.
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const { path: file, text } of outputFiles) {
    // One object for all: esbuild would copy VS Code's whole interface for each file that names it.
    const shared = text.replaceAll(
      /import ?\* ?as (\S+) ?from ?"vscode"/g,
      'var $1=require("vscode")',
    );
    const { code } = await esbuild.transform(shared, {
      format: 'cjs',
      platform: 'node',
      target: 'node22',
      minify: production,
      legalComments: 'none',
      sourcemap: production ? false : 'inline',
      sourcesContent: false,
      sourcefile: path.basename(file),
      // VS Code's host does not import CommonJS; `require` it does, and Node too.
      supported: { 'dynamic-import': false },
      logOverride: forNode.logOverride,
    });
    fs.writeFileSync(file, code);
  }
}

/** @type {import('esbuild').BuildOptions} */
const commandLine = {
  ...forNode,
  ...withPackagesApart,
  entryPoints: ['src/cli.ts'],
  outfile: 'dist/cli.cjs',
  target: 'node20',
  // Nothing is external: an import of `vscode` anywhere below the command line has to break the build.
  banner: { js: `#!/usr/bin/env ${production ? 'node' : '-S node --enable-source-maps'}` },
  plugins: [...withPackagesApart.plugins, executable('dist/cli.cjs')],
};

/** What is parsed, and so what is kept of it for the next program, depends on nothing else. */
function stateOfSources() {
  const core = path.join(root, 'src/core');
  const sources = fs
    .readdirSync(core, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(core, file))
    .sort();
  const state = createHash('sha256');
  for (const file of [...sources, path.join(root, 'package-lock.json')]) {
    state
      .update(`${path.relative(root, file)}\0`)
      .update(fs.readFileSync(file))
      .update('\0');
  }
  return state.digest('hex');
}

const graphStyle = 'src/webview/graph/graph.css';

/** @type {import('esbuild').BuildOptions} */
const graphPage = {
  ...shared,
  entryPoints: [
    { in: 'src/webview/graph/main.ts', out: 'graph' },
    // Runs on a thread of its own; the page fetches it.
    { in: 'src/webview/graph/layoutWorker.ts', out: 'layout' },
    ...(fs.existsSync(path.join(root, graphStyle)) ? [{ in: graphStyle, out: 'graph' }] : []),
  ],
  outdir: 'dist/webview',
  platform: 'browser',
  format: 'iife',
  target: 'chrome128',
};

/** @type {import('esbuild').BuildOptions} */
const dashboardPage = {
  ...shared,
  entryPoints: [
    { in: 'src/webview/dashboard/main.ts', out: 'dashboard' },
    { in: 'src/webview/dashboard/dashboard.css', out: 'dashboard' },
  ],
  outdir: 'dist/webview',
  platform: 'browser',
  format: 'iife',
  target: 'chrome128',
};

/**
 * The entry, dist/test/host.cjs, and each suite as a bundle of its own below dist/test/host/, for mocha to load
 * once its globals are there.
 * @returns {import('esbuild').BuildOptions}
 */
function hostTests() {
  const folder = 'test/host/suite';
  const suites = fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replaceAll(path.sep, '/'));
  // A suite that was removed must not run for ever.
  fs.rmSync(path.join(root, 'dist/test'), { recursive: true, force: true });
  return {
    ...forNode,
    entryPoints: [
      { in: `${folder}/index.ts`, out: 'host' },
      ...suites.map((file) => ({ in: `${folder}/${file}`, out: `host/${file.slice(0, -3)}` })),
    ],
    outdir: 'dist/test',
    outExtension: { '.js': '.cjs' },
    target: 'node22',
    external: ['vscode', 'mocha'],
  };
}

/** @returns {import('esbuild').Plugin} */
function executable(file) {
  return {
    name: 'executable',
    setup(build) {
      build.onEnd(({ errors }) => {
        if (errors.length === 0) {
          fs.chmodSync(path.join(root, file), 0o755);
        }
      });
    },
  };
}

/** Bundles being built now: one change can start several, and "finished" is said when the last one ends. */
let building = 0;

/** @type {import('esbuild').Plugin} */
const announce = {
  name: 'announce',
  setup(build) {
    build.onStart(() => {
      if (building++ === 0) {
        console.log('[watch] build started');
      }
    });
    build.onEnd(({ errors, warnings }) => {
      for (const [severity, problems] of Object.entries({ error: errors, warning: warnings })) {
        for (const { text, location } of problems) {
          const where = location
            ? `${location.file}:${location.line}:${location.column + 1}: `
            : '';
          console.log(`${where}${severity}: ${text}`);
        }
      }
      if (--building === 0) {
        console.log('[watch] build finished');
      }
    });
  },
};

if (production) {
  // Maps of a development build must not be packaged.
  fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
}
assemblePacks(path.join(root, 'dist/packs'));
const bundles = [
  extension,
  commandLine,
  packages,
  graphPage,
  dashboardPage,
  ...(tests ? [hostTests()] : []),
];

if (watch) {
  for (const bundle of bundles) {
    const context = await esbuild.context({
      ...bundle,
      plugins: [...(bundle.plugins ?? []), announce],
    });
    await context.watch();
  }
} else {
  // All are built even if one fails, so that every problem is seen at once. esbuild has printed them.
  const results = await Promise.allSettled(bundles.map((bundle) => esbuild.build(bundle)));
  for (const result of results) {
    if (result.status === 'rejected') {
      process.exitCode = 1;
    } else if (production) {
      for (const [file, { bytes }] of Object.entries(result.value.metafile.outputs)) {
        console.log(`${file.padEnd(24)} ${(bytes / 1024).toFixed(1).padStart(8)} kB`);
      }
    }
  }
  if (production && process.exitCode === undefined) {
    const built = results.flatMap(({ value }) => value?.metafile ?? []);
    fs.writeFileSync(path.join(root, 'dist/THIRD-PARTY-NOTICES.txt'), noticesOf(built));
  }
}
