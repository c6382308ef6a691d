import assert from 'node:assert/strict';
import fc from 'fast-check';
import { protectedName } from '../../../src/core/domain/protectedPaths.ts';

const PROTECTED = [
  '.git/config',
  '.git/hooks/post-commit',
  '.hg/hgrc',
  '.vscode/settings.json',
  '.vscode/tasks.json',
  '.vscode/launch.json',
  '.vscode/mcp.json',
  'packages/a/.vscode/settings.json',
  '.vs/launch.vs.json',
  '.idea/workspace.xml',
  '.fleet/run.json',
  '.zed/settings.json',
  'x.code-workspace',
  'deep/in/x.code-workspace',
  '.code-workspace',
  '.devcontainer/devcontainer.json',
  '.github/workflows/ci.yml',
  '.github/agents/a.agent.md',
  '.github/copilot-instructions.md',
  '.github',
  '.gitlab-ci.yml',
  '.gitlab/agents/x',
  '.circleci/config.yml',
  '.buildkite/pipeline.yml',
  'azure-pipelines.yml',
  'Jenkinsfile',
  '.husky/pre-commit',
  '.githooks/pre-push',
  '.pre-commit-config.yaml',
  'lefthook.yml',
  '.gitattributes',
  'src/.gitattributes',
  '.gitmodules',
  '.gitconfig',
  '.npmrc',
  '.yarnrc.yml',
  '.yarn/releases/yarn.cjs',
  '.pnpmfile.cjs',
  'package.json',
  'packages/a/package.json',
  'Makefile',
  'GNUmakefile',
  '.cargo/config.toml',
  '.env',
  '.env.local',
  '.envrc',
  '.bashrc',
  '.zshenv',
  '.mcp.json',
  '.claude/settings.json',
  '.claude/agents/a.md',
  '.cursor/mcp.json',
  '.cursorrules',
  '.codex/config.toml',
  '.gemini/settings.json',
  '.roo/mcp.json',
  '.roomodes',
  '.clinerules',
  '.cline/x',
  '.windsurfrules',
  'AGENTS.md',
  'CLAUDE.md',
  'docs/CLAUDE.md',
  'GEMINI.md',
  '.sluice/workflows/x.yaml',
  '.sluice/agents.yaml',
] as const;

describe('protected paths', () => {
  it('are refused at any depth, whether they exist or not', () => {
    assert.deepEqual(
      PROTECTED.filter((path) => protectedName(path) === undefined),
      [],
    );
  });

  it('are none of those a task is there to write', () => {
    for (const path of [
      'README.md',
      'src/index.ts',
      'docs/agents.md.txt',
      'reports/lint.sarif',
      '.gitignore',
      '.prettierrc.json',
      'github/workflows/x.yml',
      'environment.env',
      'my.vscode/x',
      '.vscodex/settings.json',
      'package.json.md',
      'makefile.md',
      'code-workspace',
      'sluice/x',
      'claude/x.md',
      'package-lock.json',
    ]) {
      assert.equal(protectedName(path), undefined, path);
    }
  });

  it('are named as they are known', () => {
    assert.equal(protectedName('a/.VSCode/x.json'), '.vscode');
    assert.equal(protectedName('A.Code-Workspace'), '*.code-workspace');
  });

  it('are refused in every spelling that a file system takes for the same', () => {
    const ignorable = fc.constantFrom('', '', '', '\u200c', '\u2060', '\ufeff', '\u00ad');
    const ending = fc.constantFrom('', '.', ' ', '. ', '::$DATA', ':stream');
    const spelling = fc
      .constantFrom(...PROTECTED)
      .chain((path) =>
        fc.tuple(
          fc.constant(path),
          fc.array(fc.tuple(fc.boolean(), ignorable, ending), {
            minLength: path.length,
            maxLength: path.length,
          }),
        ),
      )
      .map(([path, choices]) =>
        path
          .split('/')
          .map((name, part) => {
            const letters = name
              .split('')
              .map((letter, at) => {
                const [upper, before] = choices[at] ?? [false, ''];
                return `${before}${upper ? letter.toUpperCase() : letter.toLowerCase()}`;
              })
              .join('');
            return `${letters}${choices[part]?.[2] ?? ''}`;
          })
          .join('/'),
      );
    fc.assert(
      fc.property(spelling, (path) => {
        assert.notEqual(protectedName(path), undefined, JSON.stringify(path));
      }),
      { numRuns: 1000 },
    );
    for (const path of ['.vſcode/x', '.ｖscode/x', '.gıthub/x', 'pac\u212Aage.json']) {
      assert.notEqual(protectedName(path), undefined, path);
    }
  });
});
