import fs from 'node:fs';
import path from 'node:path';
import { git } from './git.ts';
import { definitionFiles } from './workflows.ts';

/** A repository of one kind, made for one history. */
export interface MadeLayout {
  /** Absolute: Sluice is opened here. */
  readonly folder: string;
  /** Absolute: what lies in these is the user's, but for what Sluice writes below `.git`. */
  readonly roots: readonly string[];
  /** Another `git` writes to it all the time. */
  readonly isBusy?: boolean;
}

/** Makes a repository below `parent`, an empty folder with links resolved. Rejects where `git` or the system cannot. */
export type MakeLayout = (parent: string) => Promise<MadeLayout>;

const LINES = Array.from({ length: 20 }, (_, n) => `line ${n + 1}\n`).join('');

const FILES: Readonly<Record<string, string>> = {
  'README.md': 'readme\n',
  '.gitignore': 'ignored/\n*.log\n',
  'src/api.txt': LINES,
  'src/old.txt': 'old\n',
  'docs/a.md': 'a\n',
  'docs/b.md': 'b\n',
  'data/big.bin': '\0big\n'.repeat(300),
};

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    const absolute = path.join(folder, file);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    fs.writeFileSync(absolute, content);
  }
}

async function init(folder: string, ...options: readonly string[]): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  await git(folder, 'init', '--quiet', '--initial-branch=main', '--template=', ...options);
}

async function commit(folder: string): Promise<void> {
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', 'A commit');
}

/** With the usual files and these, committed. Returns its folder. */
async function plain(
  parent: string,
  more: Readonly<Record<string, string>> = {},
  at = 'repository',
): Promise<string> {
  const folder = path.join(parent, at);
  await init(folder);
  write(folder, { ...FILES, ...definitionFiles(), ...more });
  await commit(folder);
  return folder;
}

const alone = (folder: string): MadeLayout => ({ folder, roots: [folder] });

/** A clone with two commits behind it, and where it comes from. */
async function clone(
  parent: string,
  ...options: readonly string[]
): Promise<MadeLayout & { readonly source: string }> {
  const source = await plain(parent, {}, 'source');
  write(source, { 'src/old.txt': 'older\n' });
  await commit(source);
  const folder = path.join(parent, 'repository');
  await git(parent, 'clone', '--quiet', ...options, `file://${source}`, folder);
  return { folder, source, roots: [source, folder] };
}

/** As `git lfs` does it: the bytes are kept beside the objects, and a pointer to them is committed. */
const LFS = `#!/bin/sh
store="$1/.git/lfs/objects"
if test "$2" = clean; then
  mkdir -p "$store" && at=$(mktemp "$store/tmp-XXXXXX") && cat > "$at"
  oid=$(sha256sum < "$at" | cut -d' ' -f1)
  printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' "$oid" "$(wc -c < "$at")"
  folder="$store/$(echo "$oid" | cut -c1-2)/$(echo "$oid" | cut -c3-4)"
  mkdir -p "$folder" && mv "$at" "$folder/$oid"
else
  oid=$(sed -n 's/^oid sha256://p')
  cat "$store/$(echo "$oid" | cut -c1-2)/$(echo "$oid" | cut -c3-4)/$oid"
fi
`;

/** A name of 200 bytes. */
const LONG = 'ä'.repeat(100);

export const LAYOUTS: Readonly<Record<string, MakeLayout>> = {
  plain: async (parent) => alone(await plain(parent)),
  'linked worktree': async (parent) => {
    const main = await plain(parent);
    const folder = path.join(parent, 'linked');
    await git(main, 'worktree', 'add', '--quiet', '-b', 'side', folder);
    return { folder, roots: [main, folder] };
  },
  'packed refs': async (parent) => {
    const folder = await plain(parent);
    for (const name of ['v1', 'v2', 'ai-is-no-prefix']) {
      await git(folder, 'tag', name);
    }
    await git(folder, 'gc', '--quiet', '--prune=now');
    await git(folder, 'pack-refs', '--all');
    return alone(folder);
  },
  'shallow clone': (parent) => clone(parent, '--depth=1'),
  'no commit': async (parent) => {
    const folder = path.join(parent, 'repository');
    await init(folder);
    write(folder, { ...FILES, ...definitionFiles() });
    return alone(folder);
  },
  'detached HEAD': async (parent) => {
    const folder = await plain(parent);
    await git(folder, 'checkout', '--quiet', '--detach');
    return alone(folder);
  },
  'with a submodule': async (parent) => {
    const inner = await plain(parent, {}, 'inner');
    const folder = await plain(parent);
    await git(folder, 'submodule', '--quiet', 'add', inner, 'modules/in');
    await commit(folder);
    return { folder, roots: [inner, folder] };
  },
  'in a submodule': async (parent) => {
    const inner = await plain(parent, {}, 'inner');
    const outer = await plain(parent, {}, 'outer');
    await git(outer, 'submodule', '--quiet', 'add', inner, 'modules/in');
    await commit(outer);
    const folder = path.join(outer, 'modules/in');
    return { folder, roots: [inner, outer] };
  },
  'a subfolder': async (parent) => {
    const folder = await plain(parent);
    const inner = path.join(folder, 'packages/one');
    write(inner, { ...FILES, ...definitionFiles() });
    await commit(folder);
    return { folder: inner, roots: [folder] };
  },
  'LFS pointers': async (parent) => {
    const folder = path.join(parent, 'repository');
    await init(folder);
    const script = path.join(parent, 'lfs.sh');
    fs.writeFileSync(script, LFS, { mode: 0o755 });
    for (const what of ['clean', 'smudge']) {
      await git(folder, 'config', `filter.lfs.${what}`, `${script} ${folder} ${what}`);
    }
    await git(folder, 'config', 'filter.lfs.required', 'true');
    const attributes = { '.gitattributes': '*.bin filter=lfs -text\n' };
    write(folder, { ...FILES, ...definitionFiles(), ...attributes });
    await commit(folder);
    return alone(folder);
  },
  'core.autocrlf': async (parent) => {
    const folder = await plain(parent, { 'src/api.txt': LINES.replaceAll('\n', '\r\n') });
    await git(folder, 'config', 'core.autocrlf', 'true');
    await git(folder, 'add', '--renormalize', '.');
    await commit(folder);
    return alone(folder);
  },
  'line ends in .gitattributes': async (parent) => {
    const crlf = LINES.replaceAll('\n', '\r\n');
    const attributes = { '.gitattributes': '*.txt text eol=crlf\n*.md text=auto\n' };
    return alone(await plain(parent, { 'src/api.txt': crlf, ...attributes }));
  },
  'executable bits': async (parent) => {
    const script = '#!/bin/sh\n';
    const folder = await plain(parent, { 'tools/plain.sh': script, 'tools/tool.sh': script });
    fs.chmodSync(path.join(folder, 'tools/tool.sh'), 0o755);
    fs.chmodSync(path.join(folder, 'src/api.txt'), 0o755);
    await commit(folder);
    return alone(folder);
  },
  'symbolic links': async (parent) => {
    const folder = await plain(parent);
    fs.mkdirSync(path.join(folder, 'links'));
    for (const [link, to] of [
      ['links/file', '../README.md'],
      ['links/folder', '../docs'],
      ['links/nowhere', '../not/there'],
      ['links/outside', '/etc/hostname'],
      ['turns', 'docs'],
    ] as const) {
      fs.symlinkSync(to, path.join(folder, link));
    }
    await commit(folder);
    return alone(folder);
  },
  'names in any language, long paths': async (parent) => {
    const deep = `${LONG}/`.repeat(6);
    return alone(
      await plain(parent, {
        'names/日本語/Übersicht 😀.md': 'x\n',
        'names/"quoted" é\ttab.md': 'q\n',
        'names/-dash': 'd\n',
        'names/line\nend': 'l\n',
        [`names/${deep}long.md`]: 'long\n',
      }),
    );
  },
  'borrowed objects': async (parent) => {
    const source = await plain(parent, {}, 'source');
    await git(source, 'gc', '--quiet');
    const folder = path.join(parent, 'repository');
    await git(parent, 'clone', '--quiet', '--shared', source, folder);
    return { folder, roots: [source, folder] };
  },
  'SHA-256': async (parent) => {
    const folder = path.join(parent, 'repository');
    await init(folder, '--object-format=sha256');
    write(folder, { ...FILES, ...definitionFiles() });
    await commit(folder);
    return alone(folder);
  },
  'another git writes': async (parent) => ({ ...alone(await plain(parent)), isBusy: true }),
};
