// For `node --import`: loads TypeScript so that V8's coverage of it is exact. tsx removes the line breaks of what it
// loads, and then a block that was not run begins, to the eyes of c8, in the middle of a line and is missed.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from 'esbuild';

if (isMainThread) {
  register(import.meta.url);
  // Node has read it. Left there, it would be given to every process that a test starts, whatever its environment.
  delete process.env.NODE_V8_COVERAGE;
}

/** Node's hook, called in a thread of its own, where this file is loaded once more. */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !/\.(ts|json)$/.test(url)) {
    return next(url, context);
  }
  const file = fileURLToPath(url);
  if (file.endsWith('.json')) {
    return moduleOf(jsonExports(JSON.parse(await readFile(file, 'utf8'))));
  }
  const { code } = await transform(await readFile(file, 'utf8'), {
    loader: 'ts',
    sourcefile: file,
    sourcemap: 'inline',
    target: 'node20',
    // As in tsconfig.json: what is not `import type` is imported.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  return moduleOf(code);
}

/** Bundlers let JSON be imported by its keys, Node does not. */
function jsonExports(content) {
  const named = Object.entries(content)
    .filter(([key]) => /^[A-Za-z]\w*$/.test(key))
    .map(
      ([key, value], index) =>
        `const v${index} = ${JSON.stringify(value)}; export { v${index} as ${key} };`,
    );
  return [...named, `export default ${JSON.stringify(content)};`].join('\n');
}

function moduleOf(source) {
  return { format: 'module', shortCircuit: true, source };
}
