import { folderOfGlob, globFault } from '../../base/glob.ts';
import { parseTemplate, type TemplatePart } from '../../domain/expression.ts';

// What a step owns, as plain globs: an expression in one stands for the values it can have, or for any
// text where these are not known.

/** A glob as it is written, and what it can mean. */
export interface OwnedPath {
  readonly written: string;
  /** Without expressions; at least one. */
  readonly globs: readonly string[];
  /** Names of the matrix whose values it holds: they tell the lanes apart. */
  readonly lanes: ReadonlySet<string>;
}

/** What is known of an expression: some text, one of several, or nothing. */
export interface KnownPart {
  readonly values: readonly string[] | undefined;
  readonly lanes: readonly string[];
}

/** Globs that an expression with known values makes at most; with more it stands for any text. */
const MAX_GLOBS = 64;
/** In place of any text while a glob is taken apart: a private use character that no path has. */
const ANY = '\ue000';

/** `undefined`: the glob cannot be read, which is told elsewhere. */
export function ownedPath(
  written: string,
  know: (root: string, name: string) => KnownPart,
): OwnedPath | undefined {
  if (!written.includes('${{')) {
    const isRight = globFault(written) === undefined;
    return isRight ? { written, globs: [written], lanes: new Set() } : undefined;
  }
  const template = parseTemplate(written);
  if (!template.ok) {
    return undefined;
  }
  const lanes = new Set<string>();
  let texts: readonly string[] = [''];
  for (const part of template.value.parts) {
    const known = part.kind === 'literal' ? undefined : partOf(part, know);
    known?.lanes.forEach((lane) => lanes.add(lane));
    const choices = part.kind === 'literal' ? [part.text] : (known?.values ?? [ANY]);
    const fitting = texts.length * choices.length <= MAX_GLOBS ? choices : [ANY];
    texts = texts.flatMap((text) => fitting.map((choice) => text + choice));
  }
  const globs = [...new Set(texts.flatMap(withoutAny))].filter(
    (glob) => globFault(glob) === undefined,
  );
  return globs.length === 0 ? undefined : { written, globs, lanes };
}

function partOf(
  { expression }: Extract<TemplatePart, { kind: 'expression' }>,
  know: (root: string, name: string) => KnownPart,
): KnownPart {
  const [root, member] = expression.names;
  return know(root.name, member?.name ?? '');
}

/** Globs for a text in which some characters stand for any text: of any folders, or within a name where they are part of one. */
function withoutAny(text: string): readonly string[] {
  const at = text.indexOf(ANY);
  if (at === -1) {
    return [text];
  }
  if (/[{[]/.test(text)) {
    const folder = folderOfGlob(text.slice(0, at));
    return [folder === '' ? '**' : `${folder}/**`];
  }
  const [before, behind] = [text.slice(0, at), text.slice(text.lastIndexOf(ANY) + 1)];
  const start = before.slice(0, before.lastIndexOf('/') + 1);
  const name = before.slice(start.length);
  const slash = behind.indexOf('/');
  const rest = slash === -1 ? '' : behind.slice(slash);
  const end = slash === -1 ? behind : behind.slice(0, slash);
  if (name === '' && end === '') {
    return [`${start}**${rest}`];
  }
  return [`${start}${`${name}*${end}`.replace(/\*{2,}/g, '*')}${rest}`];
}
