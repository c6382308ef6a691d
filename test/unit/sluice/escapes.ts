import process from 'node:process';

/** What an agent does that owns `src/api/**`, and never `src/api/secret/**`, and what comes of it. */
export interface Escape {
  /** Ends "An agent gets nothing foreign landed by …". */
  readonly by: string;
  /** A program that runs in its copy; `project`, the user's folder, and `path` and `spawn` are at hand. */
  readonly does: string;
  /** Where there is such a thing: `linux` for names that other systems' disks refuse or take for one. Left out: everywhere. */
  readonly on?: 'linux' | 'unix';
  /** In place of `src/api/**`. */
  readonly owns?: readonly string[];
  readonly checks?: readonly (readonly string[])[];
  /**
   * Paths that are named, or what is said, when it fails; why what it made becomes no commit; or what lands all the
   * same of what is its own, as `git diff --name-status` has it.
   */
  readonly ends:
    | { readonly naming: readonly string[] }
    | { readonly saying: RegExp }
    | { readonly refusing: RegExp; readonly passesOn: readonly string[] }
    | { readonly landing: readonly string[] };
}

const naming = (...paths: readonly string[]) => ({ naming: paths });
const landing = (...lines: readonly string[]) => ({ landing: lines });
const saying = (text: RegExp) => ({ saying: text });
const write = (file: string) => `put(${JSON.stringify(file)}, 'evil');`;
const node = (script: string) => [
  process.execPath,
  '-e',
  `const fs = require('node:fs'); ${script}`,
];
/** In another spelling, as some disks take it for the same. */
export const COMPOSED = 'src/api/geh\u00e9im';
const DECOMPOSED = COMPOSED.normalize('NFD');

/** None of them is there. */
const PROTECTED = [
  '.claude/agents/x.md',
  '.github/agents/x.agent.md',
  '.github/workflows/x.yml',
  '.gitmodules',
  '.sluice/agents/x.yaml',
  '.sluice/workflows/x.yaml',
  '.vscode/settings.json',
  'AGENTS.md',
  'x.code-workspace',
];

export const ESCAPES: readonly Escape[] = [
  // Plainly, and by way of paths
  {
    by: 'writing files of others and new ones beside its folder',
    does: write('src/other.ts') + write('src/new.ts') + write('src/api/x.ts'),
    ends: naming('src/new.ts', 'src/other.ts'),
  },
  {
    by: 'writing where it must never',
    does: write('src/api/secret/new.ts'),
    ends: naming('src/api/secret/new.ts'),
  },
  { by: 'a path with ".."', does: write('src/api/../other.ts'), ends: naming('src/other.ts') },
  {
    by: 'a path with ".." that leads out of its copy, into its attempt and the run',
    does: write('../outside.ts') + write('../../outside.ts') + write('src/api/x.ts'),
    ends: landing('A\tsrc/api/x.ts'),
  },
  {
    by: 'a name that begins like its folder',
    does: write('src/api.ts') + write('src/apis/x'),
    ends: naming('src/api.ts', 'src/apis/x'),
  },
  // Links
  {
    by: 'a link in its folder that leads outside',
    on: 'unix',
    does: `fs.symlinkSync('../../../..', 'src/api/up');`,
    ends: saying(/"src\/api\/up" is a link, and only plain files become results/),
  },
  {
    by: 'writing through a link in its folder',
    on: 'unix',
    does: `fs.symlinkSync('../web', 'src/api/web'); ${write('src/api/web/page.ts')}`,
    ends: naming('src/web/page.ts'),
  },
  {
    by: 'writing through a link that it removes again',
    on: 'unix',
    does: `fs.symlinkSync('..', 'src/api/up'); ${write('src/api/up/other.ts')} fs.unlinkSync('src/api/up');`,
    ends: naming('src/other.ts'),
  },
  {
    by: 'a link in the place of a folder it owns',
    on: 'unix',
    does: `fs.rmSync('src/api/deep', { recursive: true }); fs.symlinkSync('../web', 'src/api/deep');`,
    ends: saying(/"src\/api\/deep" is a link/),
  },
  {
    by: 'a link in the place of all its folder',
    on: 'unix',
    does: `fs.rmSync('src/api', { recursive: true }); fs.symlinkSync('web', 'src/api');`,
    ends: naming('src/api/secret/key.ts'),
  },
  {
    by: 'a tracked link that leads elsewhere',
    on: 'unix',
    does: `fs.unlinkSync('src/api/current'); fs.symlinkSync('../other.ts', 'src/api/current');`,
    ends: saying(/"src\/api\/current" is a link/),
  },
  {
    by: 'a link in the place of a file',
    on: 'unix',
    does: `fs.unlinkSync('src/api/own.ts'); fs.symlinkSync('../other.ts', 'src/api/own.ts');`,
    ends: saying(/"src\/api\/own\.ts" is a link/),
  },
  {
    by: 'a second name for a file of others',
    does: `fs.linkSync('src/other.ts', 'src/api/twin.ts'); fs.appendFileSync('src/api/twin.ts', 'evil');`,
    ends: naming('src/other.ts'),
  },
  {
    by: 'a second name, outside, for a file of its own',
    does: `fs.linkSync('src/api/own.ts', 'src/twin.ts');`,
    ends: naming('src/twin.ts'),
  },
  {
    by: 'a second name for a file of the user’s',
    does: `fs.linkSync(project + '/src/other.ts', 'src/api/twin.ts');`,
    ends: landing('A\tsrc/api/twin.ts'),
  },
  // Spellings
  {
    by: 'its folder in other letters',
    on: 'linux',
    does: write('SRC/api/x') + write('src/API/x'),
    ends: naming('SRC/api/x', 'src/API/x'),
  },
  {
    by: 'what it must never change, in other letters',
    on: 'linux',
    does: write('src/api/Secret/key.ts'),
    ends: naming('src/api/Secret/key.ts'),
  },
  {
    by: 'a folder it owns, with its accents apart',
    on: 'linux',
    owns: [`${COMPOSED}/**`],
    does: write(`${DECOMPOSED}/x`),
    ends: naming(`${DECOMPOSED}/x`),
  },
  {
    by: 'what it must never change, with its accents apart',
    on: 'linux',
    does: write(`${DECOMPOSED}/x`),
    ends: naming(`${DECOMPOSED}/x`),
  },
  // What decides what runs
  {
    by: 'hooks in its folder',
    does: write('src/api/.git/hooks/pre-commit'),
    ends: saying(/"src\/api\/\.git\/hooks\/pre-commit" is protected \(\.git\)/),
  },
  {
    by: 'hooks in another spelling',
    on: 'linux',
    does: write('src/api/.GIT/hooks/pre-commit'),
    ends: saying(/protected \(\.git\)/),
  },
  {
    by: 'hooks that it names',
    owns: ['src/api/.git/hooks/x'],
    does: write('src/api/.git/hooks/x'),
    ends: saying(/protected \(\.git\)/),
  },
  {
    by: 'a repository in the place of its copy',
    does: `spawn('git', ['init', '-q']); ${write('src/api/x')}`,
    ends: { naming: ['.git/HEAD'] },
  },
  {
    by: 'a repository in its folder',
    does: `spawn('git', ['init', '-q', 'src/api/repo']); ${write('src/api/repo/x')}`,
    ends: saying(/protected \(\.git\)/),
  },
  {
    by: 'a path in a submodule',
    does: write('src/api/vendor/x.ts'),
    ends: {
      refusing: /"src\/api\/vendor" is a submodule in the commit it is made on/,
      passesOn: ['src/api/vendor/'],
    },
  },
  {
    by: 'a submodule that is not its own',
    does: write('lib/vendor/x.ts'),
    ends: naming('lib/vendor/x.ts'),
  },
  {
    by: 'what decides what runs, where that is not its own',
    does: PROTECTED.map(write).join(''),
    ends: naming(...PROTECTED),
  },
  {
    by: 'what decides what runs, though it owns all',
    owns: ['**'],
    does: write('.vscode/settings.json'),
    ends: saying(/"\.vscode\/settings\.json" is protected \(\.vscode\)/),
  },
  {
    by: 'a protected file deep in its folder',
    does: write('src/api/x/.vscode/settings.json'),
    ends: saying(/protected \(\.vscode\)/),
  },
  // Create, edit, delete, rename and chmod are the same
  {
    by: 'deleting, moving, and putting back with its times what others own',
    does: `fs.rmSync('src/gone.ts');
      fs.renameSync('src/moved.ts', 'src/api/moved.ts');
      fs.renameSync('src/web', 'src/api/web');
      const { atime, mtime } = fs.statSync('src/other.ts');
      put('src/other.ts', 'OTHER\\n');
      fs.utimesSync('src/other.ts', atime, mtime);`,
    ends: naming('src/gone.ts', 'src/moved.ts', 'src/web/page.ts', 'src/other.ts'),
  },
  {
    by: 'making a file of others executable',
    on: 'unix',
    does: `fs.chmodSync('src/other.ts', 0o755);`,
    ends: naming('src/other.ts'),
  },
  {
    by: 'a folder it closes to others',
    on: 'unix',
    does: `${write('src/new/x.ts')} fs.chmodSync('src/new', 0);`,
    ends: naming('src/new/x.ts'),
  },
  {
    by: 'a file that lies deeper than paths reach',
    on: 'linux',
    does: `process.chdir('src'); for (let n = 0; n < 30; n += 1) { fs.mkdirSync('x'.repeat(200)); process.chdir('x'.repeat(200)); }
      fs.writeFileSync('x', 'evil');`,
    ends: naming(`src${`/${'x'.repeat(200)}`.repeat(20)}`),
  },
  {
    by: 'a file of its own that lies deeper than paths reach',
    on: 'linux',
    does: `process.chdir('src/api'); for (let n = 0; n < 30; n += 1) { fs.mkdirSync('x'.repeat(200)); process.chdir('x'.repeat(200)); }
      fs.writeFileSync('x', 'evil');`,
    ends: saying(/is no file, and only plain files become results/),
  },
  {
    by: 'a file whose name is no text',
    on: 'linux',
    does: `fs.writeFileSync(Buffer.from('src/\\xff.ts', 'latin1'), 'evil');`,
    ends: naming('src/\ufffd.ts'),
  },
  // What is no file
  {
    by: 'a pipe',
    on: 'unix',
    does: `spawn('mkfifo', ['src/api/pipe']);`,
    ends: saying(/"src\/api\/pipe" is no file/),
  },
  {
    by: 'a pipe in the place of a file of others',
    on: 'unix',
    does: `fs.rmSync('src/other.ts'); spawn('mkfifo', ['src/other.ts']);`,
    ends: naming('src/other.ts'),
  },
  {
    by: 'a device',
    on: 'unix',
    // Not everybody may make one.
    does: `try { spawn('mknod', ['src/api/device', 'c', '1', '3']); } catch { spawn('mkfifo', ['src/api/device']); }`,
    ends: saying(/"src\/api\/device" is no file/),
  },
  {
    by: 'a socket',
    on: 'unix',
    does: `require('node:net').createServer().listen('src/api/socket', () => process.exit());`,
    ends: saying(/"src\/api\/socket" is no file/),
  },
  // Later, or by others
  {
    by: 'what its checks change',
    does: write('src/api/x.ts'),
    checks: [
      node(
        `fs.writeFileSync('src/other.ts', 'evil'); fs.writeFileSync('src/new.ts', 'evil'); fs.writeFileSync('src/api/left.ts', 'evil');`,
      ),
    ],
    ends: landing('A\tsrc/api/x.ts'),
  },
  {
    by: 'a program that goes on after its end',
    does: `${write('src/api/x.ts')}
      const late = "setTimeout(() => { for (const at of ['src/other.ts', 'src/api/late.ts']) fs.writeFileSync(at, 'evil'); }, 2000)";
      require('node:child_process').spawn(process.execPath, ['-e', 'const fs = require("node:fs"); ' + late], { detached: true, stdio: 'ignore' }).unref();`,
    ends: landing('A\tsrc/api/x.ts'),
  },
  // Outside its copy
  { by: 'what Git ignores', does: write('build/x.ts') + write('src/api/x.log'), ends: landing() },
  {
    by: 'an ignore file of its own, which hides nothing that Git tracks',
    does: `${write('src/other.ts')} put('src/.gitignore', '*');`,
    ends: naming('src/other.ts'),
  },
  {
    by: 'an ignore file of its own, which keeps from every commit what it hides',
    does: `${write('src/new.ts')} put('src/.gitignore', '*');`,
    ends: landing(),
  },
  {
    by: 'the tree that copies are made of',
    does: `const at = path.resolve('../../base/src'); fs.chmodSync(at + '/web/page.ts', 0o644); put(at + '/web/page.ts', 'evil'); put(at + '/new.ts', 'evil'); ${write('src/api/x.ts')}`,
    ends: landing('A\tsrc/api/x.ts'),
  },
  {
    by: 'the folders of a task that comes after it',
    does: `put('../../next.1/tree/src/other.ts', 'evil'); put('../../next.1/scratch/evil', 'evil'); ${write('src/api/x.ts')}`,
    ends: landing('A\tsrc/api/x.ts'),
  },
  {
    by: 'telling Sluice that what it wrote was there before',
    does: `${write('src/new.ts')} put('../laid.json', JSON.stringify([{ path: 'src/new.ts', blob: require('node:crypto').createHash('sha256').update('evil').digest('hex'), bytes: 4, executable: false }]));`,
    ends: naming('src/new.ts'),
  },
  {
    by: 'what Sluice keeps in the repository',
    does: `put(project + '/.git/sluice/blobs/aa/evil', 'evil'); put(project + '/.git/sluice/evil', 'evil'); ${write('src/api/x.ts')}`,
    ends: landing('A\tsrc/api/x.ts'),
  },
  {
    by: 'another folder in the place of linked dependencies',
    on: 'unix',
    does: `fs.unlinkSync('node_modules'); ${write('node_modules/dependency/index.js')}`,
    ends: landing(),
  },
];
