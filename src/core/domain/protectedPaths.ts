/**
 * The protected name a path falls under, or `undefined`. Such files decide what runs on somebody's
 * machine or what an agent is told and may do; a task that could write them would raise its own rights.
 * Names count at any depth, in any spelling that some file system takes for the same, whether the file
 * is there already or not.
 *
 * @param path relative to the root of the repository, with `/`
 */
export function protectedName(path: string): string | undefined {
  const parts = path.split('/').map(folded);
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const rule = !ANY_PROTECTED.test(part)
      ? undefined
      : PROTECTED.find(({ where, pattern }) => {
          // A file in the place of a protected folder is refused as well.
          return (where === 'folder' || isLast) && pattern.test(part);
        });
    if (rule !== undefined) {
      return rule.name;
    }
  }
  return undefined;
}

/**
 * The protected name that a path falls under, unless somebody allowed it by naming it: a path, or a folder above it in
 * which it is none of the protected names again. Names are compared letter for letter: who allows `.vscode` has not
 * allowed `.VSCode`. What is Git's own stays protected whatever is named.
 *
 * @param path from the root of the repository, with `/`
 * @param globs likewise; those with a wildcard name nothing
 */
export function protectedPath(path: string, globs: readonly string[]): string | undefined {
  const name = protectedName(path);
  if (name === undefined || name === GIT) {
    return name;
  }
  const isNamed = globs.some((glob) => {
    const named = glob.replace(/\/+$/, '');
    if (/[*?[\]{}]/.test(named) || !(path === named || path.startsWith(`${named}/`))) {
      return false;
    }
    return protectedName(path.slice(named.length + 1)) === undefined;
  });
  if (!isNamed) {
    return name;
  }
  // Another name on the way may be Git's.
  return path.split('/').some((part) => protectedName(part) === GIT) ? GIT : undefined;
}

const GIT = '.git';

interface ProtectedRule {
  readonly where: 'folder' | 'file';
  /** As it is shown. */
  readonly name: string;
  readonly pattern: RegExp;
}

const FOLDERS = [
  // Version control
  '.git',
  '.hg',
  '.svn',
  // Editors: settings, tasks and launch files are commands
  '.vscode',
  '.vscode-server',
  '.vs',
  '.idea',
  '.fleet',
  '.zed',
  '.devcontainer',
  // Builds and hooks on other machines
  '.github',
  '.gitlab',
  '.gitea',
  '.forgejo',
  '.circleci',
  '.buildkite',
  '.azure-pipelines',
  '.husky',
  '.githooks',
  '.cargo',
  '.yarn',
  // Agents: their rules, tools and rights
  '.sluice',
  '.claude',
  '.cursor',
  '.codex',
  '.gemini',
  '.continue',
  '.windsurf',
  '.kiro',
  '.amazonq',
  '.agents',
  '.roo*',
  '.cline*',
  '.aider*',
] as const;

const FILES = [
  '*.code-workspace',
  '.gitattributes',
  '.gitmodules',
  '.gitconfig',
  '.gitlab-ci.yml',
  '.travis.yml',
  '.pre-commit-config.yaml',
  '.lefthook.yml',
  'lefthook.yml',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  'jenkinsfile',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  '.pnpmfile.cjs',
  'package.json',
  'makefile',
  'gnumakefile',
  'justfile',
  '.justfile',
  '.env*',
  '.bashrc',
  '.bash_profile',
  '.profile',
  '.zshrc',
  '.zprofile',
  '.zshenv',
  '.tool-versions',
  '.mise.toml',
  'mise.toml',
  '.mcp.json',
  'agents.md',
  'claude.md',
  'claude.local.md',
  'gemini.md',
  '.cursorrules',
  '.cursorignore',
  '.windsurfrules',
] as const;

const PROTECTED: readonly ProtectedRule[] = [
  ...FOLDERS.map((name): ProtectedRule => ({ where: 'folder', name, pattern: patternOf(name) })),
  ...FILES.map((name): ProtectedRule => ({ where: 'file', name, pattern: patternOf(name) })),
];

/** Nearly every name is none of them, and one question is cheaper than eighty. */
const ANY_PROTECTED = new RegExp(PROTECTED.map(({ pattern }) => pattern.source).join('|'), 'su');

function patternOf(name: string): RegExp {
  const source = name.replace(/[.*]/g, (character) => (character === '*' ? '.*' : '\\.'));
  return new RegExp(`^${source}$`, 'su');
}

/** One form for all spellings that a case-folding, composing or Windows file system takes for one. */
function folded(name: string): string {
  if (/^[ -~]*$/.test(name)) {
    // Of all that only case, the rest of a stream's name and what Windows leaves out can be in ASCII.
    return name
      .replace(/:.*$/s, '')
      .toLowerCase()
      .replace(/[. ]+$/, '');
  }
  return name
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/:.*$/su, '')
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC')
    .replace(/[. ]+$/u, '');
}
