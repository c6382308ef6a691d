import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { put } from './copiesRig.ts';

const PATHS = [
  'src/a.ts',
  'src/deep/b.ts',
  'src/deep/c.ts',
  'run.sh',
  'link',
  'src',
  'src/deep',
  'node_modules',
  'new',
  'new/x',
  'src/deep/new/y',
] as const;

const anyPath = fc.constantFrom(...PATHS);

export type TreeEdit =
  | { readonly do: 'write' | 'sameSize' | 'append' | 'linked'; readonly at: string }
  | { readonly do: 'touch' | 'remove' | 'mkdir' | 'rewrite'; readonly at: string }
  | { readonly do: 'chmod'; readonly at: string; readonly mode: number }
  | { readonly do: 'rename' | 'swap' | 'symlink'; readonly at: string; readonly to: string };

const anyEdit: fc.Arbitrary<TreeEdit> = fc.oneof(
  fc.record({
    do: fc.constantFrom(
      'write' as const,
      'sameSize' as const,
      'append' as const,
      'touch' as const,
      'remove' as const,
      'mkdir' as const,
      'rewrite' as const,
    ),
    at: anyPath,
  }),
  fc.record({
    do: fc.constant('chmod' as const),
    at: anyPath,
    mode: fc.constantFrom(0o700, 0o755, 0o644, 0o600, 0o500, 0o000),
  }),
  fc.record({
    do: fc.constantFrom('rename' as const, 'swap' as const, 'symlink' as const),
    at: anyPath,
    to: anyPath,
  }),
  { weight: 1, arbitrary: fc.record({ do: fc.constant('linked' as const), at: anyPath }) },
);

export const anyEdits = fc.array(anyEdit, { maxLength: 12 });

/** What an agent might do in a folder. What cannot be done is not. */
export function doEdits(folder: string, edits: readonly TreeEdit[]): void {
  for (const edit of edits) {
    try {
      doEdit(folder, edit);
    } catch (error) {
      if (typeof (error as NodeJS.ErrnoException).code !== 'string') {
        throw error;
      }
    }
  }
}

function doEdit(folder: string, edit: TreeEdit): void {
  const at = path.join(folder, edit.at);
  switch (edit.do) {
    case 'write': {
      put(at, 'written by a task');
      return;
    }
    case 'sameSize': {
      // In place and in the same moment, with its times set back.
      const { size, atime, mtime } = plain(at);
      fs.writeFileSync(at, 'X'.repeat(size), { flag: 'r+' });
      fs.utimesSync(at, atime, mtime);
      return;
    }
    case 'append':
      plain(at);
      {
        fs.appendFileSync(at, '!');
        return;
      }
    case 'rewrite': {
      plain(at);
      const bytes = fs.readFileSync(at);
      fs.rmSync(at);
      fs.writeFileSync(at, bytes);
      return;
    }
    case 'linked': {
      plain(at);
      const other = `${at}.linked`;
      fs.linkSync(at, other);
      fs.writeFileSync(other, 'through another name');
      fs.rmSync(other);
      return;
    }
    case 'touch': {
      fs.lutimesSync(at, 1, 1);
      return;
    }
    case 'remove': {
      fs.rmSync(at, { recursive: true, force: true });
      return;
    }
    case 'mkdir':
      fs.rmSync(at, { recursive: true, force: true });
      fs.mkdirSync(at, { recursive: true });
      {
        put(path.join(at, 'inner'), '');
        return;
      }
    case 'chmod': {
      if (!fs.lstatSync(at).isSymbolicLink()) {
        fs.chmodSync(at, edit.mode);
      }
      return;
    }
    case 'rename': {
      fs.renameSync(at, path.join(folder, edit.to));
      return;
    }
    case 'swap': {
      const to = path.join(folder, edit.to);
      fs.renameSync(at, `${folder}.swap`);
      try {
        fs.renameSync(to, at);
      } finally {
        fs.renameSync(`${folder}.swap`, fs.existsSync(at) ? to : at);
      }
      return;
    }
    case 'symlink':
      fs.rmSync(at, { recursive: true, force: true });
      {
        fs.symlinkSync(edit.to, at);
        return;
      }
  }
}

/** The edit is of plain files: through the link to the dependencies it would change the user's. */
function plain(at: string): fs.Stats {
  const status = fs.lstatSync(at);
  if (!status.isFile()) {
    throw Object.assign(new Error('no plain file'), { code: 'EINVAL' });
  }
  return status;
}
