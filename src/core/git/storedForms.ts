import * as path from 'node:path';
import pLimit from 'p-limit';
import type { Disk } from '../base/disk.ts';
import { hasCode } from '../base/disk.ts';
import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import type { ObjectId } from '../domain/ids.ts';
import { objectId } from '../domain/ids.ts';
import type { CommitProblem } from './commit.ts';
import type { PlannedFile } from './commitPlan.ts';
import type { CommitSink } from './commitSink.ts';
import type { RepositoryPlaces } from './findRepository.ts';
import { isTrue, lastSetting } from './gitConfig.ts';
import type { GitProgram, GitProgramProblem } from './gitProgram.ts';
import { DURABLY } from './gitProgram.ts';
import type { AllSettings } from './gitSettings.ts';
import { GitSettings } from './gitSettings.ts';
import type { TextRule } from './lineEnds.ts';
import { isTextWithCrLf, withStoredLineEnds } from './lineEnds.ts';
import type { Objects } from './objects.ts';

/** Thrown where a file is written, for what asked for it to make a value of. */
export class StoredFormRefused extends Error {
  override readonly name = 'StoredFormRefused';
  readonly problem: CommitProblem;

  constructor(problem: CommitProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Writes a file as Git stores it. @throws StoredFormRefused */
export type WriteStored = (
  file: PlannedFile,
  sink: CommitSink,
  objects: Objects,
) => Promise<ObjectId>;

/** What the attributes of a path make of its bytes. */
type Form = { readonly by: 'us'; readonly text: TextRule } | ByGit;

interface ByGit {
  readonly by: 'git';
  /** The driver that `.gitattributes` names; `undefined`: an encoding, or `ident`. */
  readonly filter: string | undefined;
  /** Only `core.autocrlf` says that it may be text. */
  readonly guessed: boolean;
}

/** Files that a program is given at once. */
const AT_ONCE = 2;

/**
 * Knows which files Git stores with other bytes than lie in the work tree, as `git add` does: by the attributes of the
 * work tree and the configuration, as they are at the moment. In a repository that has neither no process is started.
 */
export class StoredForms {
  readonly #disk: Disk;
  readonly #program: GitProgram;
  readonly #places: RepositoryPlaces;
  readonly #settings: GitSettings;
  readonly #turn = pLimit(AT_ONCE);

  constructor(disk: Disk, program: GitProgram, places: RepositoryPlaces) {
    this.#disk = disk;
    this.#program = program;
    this.#places = places;
    this.#settings = new GitSettings(disk, program, places);
  }

  /** @param paths from the root of the work tree, with `/` */
  async of(paths: readonly string[]): Promise<Result<WriteStored, GitProgramProblem>> {
    if (paths.length === 0) {
      return ok(write(new Map(), this.#convert));
    }
    const settings = await this.#settings.read();
    if (!settings.ok) {
      return settings;
    }
    const plain: Form = { by: 'us', text: textRule({}, settings.value) };
    if (!(await this.#hasAttributes(paths, settings.value))) {
      return ok(write(new Map(paths.map((one) => [one, plain])), this.#convert));
    }
    const asked = await this.#program.run(
      ['check-attr', '-z', '--stdin', ...ATTRIBUTES],
      { ...this.#place(), input: Buffer.from(paths.map((one) => `${one}\0`).join('')) },
      new AbortController().signal,
    );
    return asked.ok
      ? ok(write(parseForms(asked.value.toString('utf8'), settings.value), this.#convert))
      : asked;
  }

  #place() {
    const { gitDir, workTree } = this.#places;
    return { folder: workTree, env: { GIT_DIR: gitDir, GIT_WORK_TREE: workTree } };
  }

  readonly #convert: Convert = (file, { filter, guessed }, sink, hadCrLf) =>
    this.#turn(async () => {
      // The command does not look at the version before, as "git add" does. (Where text=auto stands beside a filter,
      // nothing can be said to it: line ends of a file that had CR LF are then made LF.)
      const settings = guessed && (await hadCrLf()) ? ['-c', 'core.autocrlf=false'] : [];
      const printed = await this.#program.run(
        [
          ...DURABLY,
          // A line end that a checkout would not bring back is no loss here: the file lies in no work tree.
          ...['-c', 'core.safecrlf=false', ...settings],
          ...['hash-object', '-w', `--path=${file.path}`, '--stdin'],
        ],
        { ...this.#place(), input: await file.file.read() },
        new AbortController().signal,
      );
      if (!printed.ok) {
        const { path } = file.file;
        const what = filter === undefined ? 'attributes' : `filter "${filter}"`;
        const message = `"${path}" cannot be stored, because the ${what} that .gitattributes names for it failed: ${printed.error.message}`;
        throw new StoredFormRefused({ reason: 'filter-failed', path, filter, message });
      }
      const id = objectId(printed.value.toString('latin1').trim());
      await sink.adopt(id);
      return id;
    });

  async #hasAttributes(paths: readonly string[], settings: AllSettings): Promise<boolean> {
    const { workTree, commonDir } = this.#places;
    const folders = new Set<string>(['']);
    for (const file of paths) {
      for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
        folders.add(file.slice(0, at));
      }
    }
    const files = [
      path.join(commonDir, 'info', 'attributes'),
      ...settings.attributeFiles,
      ...[...folders].map((folder) => path.join(workTree, folder, '.gitattributes')),
    ];
    const there = await Promise.all(files.map((file) => this.#isThere(file)));
    return there.includes(true);
  }

  async #isThere(file: string): Promise<boolean> {
    try {
      await this.#disk.lstat(file);
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EACCES', 'ELOOP')) {
        return false;
      }
      throw error;
    }
  }
}

function write(forms: ReadonlyMap<string, Form>, convert: Convert): WriteStored {
  return async (file, sink, objects) => {
    const form = forms.get(file.path);
    if (form === undefined) {
      throw new Error(`Internal error: nobody asked how ${JSON.stringify(file.path)} is stored`);
    }
    const hadCrLf = async () =>
      file.replaces !== undefined && isTextWithCrLf(await objects.read(file.replaces, 'blob'));
    return form.by === 'git'
      ? await convert(file, form, sink, hadCrLf)
      : await sink.blob(async () => withStoredLineEnds(await file.file.read(), form.text, hadCrLf));
  };
}

type Convert = (
  file: PlannedFile,
  form: ByGit,
  sink: CommitSink,
  hadCrLf: () => Promise<boolean>,
) => Promise<ObjectId>;

const ATTRIBUTES = ['filter', 'text', 'crlf', 'eol', 'working-tree-encoding', 'ident'] as const;
type Attributes = Readonly<Partial<Record<string, string>>>;

/** @param printed path, attribute and value, each with a NUL behind it */
function parseForms(printed: string, settings: AllSettings): Map<string, Form> {
  const attributes = new Map<string, Record<string, string>>();
  const parts = printed.split('\0');
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [file = '', name = '', value = ''] = parts.slice(at, at + 3);
    const ofFile = attributes.get(file) ?? {};
    if (value !== 'unspecified') {
      ofFile[name] = value;
    }
    attributes.set(file, ofFile);
  }
  return new Map([...attributes].map(([file, ofFile]) => [file, formOf(ofFile, settings)]));
}

function formOf(attributes: Attributes, settings: AllSettings): Form {
  const { filter, ident, 'working-tree-encoding': encoding } = attributes;
  const text = textRule(attributes, settings);
  const driver = isNamed(filter) && settings.has('filter', filter) ? filter : undefined;
  if (driver === undefined && ident !== 'set' && !isNamed(encoding)) {
    return { by: 'us', text };
  }
  const guessed =
    text === 'guess' && attributes['text'] !== 'auto' && attributes['crlf'] !== 'auto';
  return { by: 'git', filter: driver, guessed };
}

function isNamed(value: string | undefined): value is string {
  return value !== undefined && value !== 'set' && value !== 'unset';
}

/** Git's own rule, `convert_attrs` in its source: `text`, else `crlf`, else `eol`, else `core.autocrlf`. */
function textRule({ text, crlf, eol }: Attributes, { settings }: AllSettings): TextRule {
  const rule = TEXT_RULES.get(text ?? '') ?? TEXT_RULES.get(crlf ?? '');
  if (rule !== undefined) {
    return rule;
  }
  if (eol === 'lf' || eol === 'crlf') {
    return 'always';
  }
  const auto = lastSetting(settings, 'core', 'autocrlf');
  return isTrue(auto) || auto?.value?.toLowerCase() === 'input' ? 'guess' : 'never';
}

const TEXT_RULES: ReadonlyMap<string, TextRule> = new Map([
  ['set', 'always'],
  ['input', 'always'],
  ['unset', 'never'],
  ['auto', 'guess'],
]);
