import type { SourceText } from '../definitions/source/sourceText.ts';
import type { Position } from '../domain/diagnostic.ts';
import { caretAt, type Caret } from './caret.ts';
import { completionsOf, type Completion, type Offer } from './completion.ts';
import type { DefinitionKind } from './definitionKind.ts';
import { expressionOffers, openExpression } from './expressionOffers.ts';
import type { Known } from './known.ts';
import * as names from './nameOffers.ts';
import { yamlPart, type Reading, type Unfinished } from './reading.ts';
import { keyRole, stepPlaceOf, valueRole } from './roles.ts';
import { schemaOf, type FieldFact } from './schemas.ts';
import { stepAt } from './stepFacts.ts';

/** The file without what is being written, asked for only where something can be offered. */
export type ReadWithout = (unfinished: Unfinished) => Reading;

/** What can be written at a place of a definition file, also while half of a line stands there. */
export function completionsAt(
  source: SourceText,
  kind: DefinitionKind,
  position: Position,
  known: Known,
  readWithout: ReadWithout,
): Completion[] {
  const part = yamlPart(source);
  const offset = source.offsetAt(position);
  const caret =
    part === undefined || offset < part.from || offset > part.until
      ? undefined
      : caretAt(source.text, offset, part.from);
  if (caret === undefined) {
    return [];
  }
  const place: Place = { source, kind, caret, known, readWithout };
  return expressionsAt(place) ?? [...valuesAt(place), ...fieldsAt(place)];
}

interface Place {
  readonly source: SourceText;
  readonly kind: DefinitionKind;
  readonly caret: Caret;
  readonly known: Known;
  readonly readWithout: ReadWithout;
}

/** `undefined`: the caret is in no expression. */
function expressionsAt(place: Place): Completion[] | undefined {
  const { source, kind, caret, readWithout } = place;
  if (caret.place === 'key') {
    return undefined;
  }
  const { before, path } = caret;
  const { offset } = caret;
  const isCondition = valueRole(kind, path) === 'condition';
  const lineStart = offset - before.length;
  const from = isCondition ? Math.max(caret.start - lineStart, 0) : undefined;
  const open = openExpression(before, from);
  if (open === undefined) {
    return isCondition ? [] : undefined;
  }
  const isMatrix = stepPlaceOf(path)?.field[0] === 'matrix';
  const { workflow } = readWithout(caret);
  const draft = workflow?.draft;
  const offers = expressionOffers(
    open,
    draft,
    stepAt(draft, path),
    isCondition ? 'condition' : isMatrix ? 'matrix' : 'text',
  );
  const rest = /^(?:[A-Za-z0-9_-]*)/.exec(source.text.slice(offset))?.[0].length ?? 0;
  const start = offset - open.partial.length;
  const closed = !before.includes('${{') || hasClosing(source.text, offset);
  const completed = completionsOf(
    closed
      ? offers
      : offers.map((offer) =>
          offer.goesOn === true
            ? offer
            : { ...offer, insertText: `${offer.insertText ?? offer.label} }}` },
        ),
    source.range(start, offset + rest),
  );
  // A name in brackets stands in place of the dot.
  return source.text[start - 1] !== '.'
    ? completed
    : completed.map((one) =>
        one.insertText.startsWith('[')
          ? { ...one, filterText: `.${one.label}`, range: source.range(start - 1, offset + rest) }
          : one,
      );
}

/** Whether the braces are closed further on in the line. */
function hasClosing(text: string, offset: number): boolean {
  const line = /^[^\r\n]*/.exec(text.slice(offset))?.[0] ?? '';
  const close = line.indexOf('}}');
  const open = line.indexOf('${{');
  return close !== -1 && (open === -1 || close < open);
}

function valuesAt(place: Place): Completion[] {
  const { kind, caret } = place;
  if (caret.place === 'key' || caret.place === 'text') {
    return [];
  }
  // On a line of its own below a field: the first item of its list.
  const below =
    caret.place === 'either' &&
    caret.closers === '' &&
    typeof caret.path.at(-1) === 'string' &&
    schemaOf(kind)?.takesList(caret.path) === true;
  if (!below) {
    return asValues(place, valueOffers(place, caret.path));
  }
  const isMap = place.readWithout(caret).document?.nodeAt(caret.path)?.kind === 'map';
  return isMap ? [] : asValues(place, valueOffers(place, [...caret.path, 0]), '- ');
}

function valueOffers(place: Place, path: Caret['path']): readonly Offer[] {
  const { kind, caret, known, source } = place;
  const draft = () => place.readWithout(caret).workflow?.draft;
  const role = valueRole(kind, path);
  switch (role) {
    case 'agent':
      return caret.place === 'either' && path.length === 2 && hasListedSteps(place)
        ? []
        : names.agentOffers(known);
    case 'step':
      return path[0] === 'phases' && path[2] === 'steps' && path.length === 4
        ? (draft()?.steps ?? []).map(names.stepOffer)
        : names.needOffers(draft(), stepAt(draft(), path), othersInList(place));
    case 'workflow':
      return names.workflowOffers(known, source.file);
    case 'workflow-file':
      return names.workflowFileOffers(known, source.file);
    case 'shown':
      return names.shownOffers(draft(), stepAt(draft(), path));
    case 'model':
      return [
        ...(schemaOf(kind)?.values(path) ?? []).map((label): Offer => ({ label, kind: 'model' })),
        ...known.models.map((label): Offer => ({ label, kind: 'model' })),
      ];
    case 'tool':
      return names.toolOffers(known);
    case 'product':
    case 'step-id':
    case 'name':
    case 'condition':
      return [];
    case undefined:
      return isJson(source)
        ? []
        : (schemaOf(kind)?.values(path) ?? []).map((label) => ({ label, kind: 'value' }));
  }
}

/** The other texts of the list that the caret stands in. */
function othersInList({ caret: { path }, caret, readWithout }: Place): string[] {
  const index = path.at(-1);
  const list = readWithout(caret).document?.nodeAt(
    typeof index === 'number' ? path.slice(0, -1) : path,
  );
  return list?.kind !== 'list'
    ? []
    : list.items.flatMap((item, at) => (item.kind === 'scalar' && at !== index ? [item.text] : []));
}

/** Whether the list of steps has steps with ids, so that no agent's name can be an item of it. */
function hasListedSteps({ caret, readWithout }: Place): boolean {
  const { document } = readWithout(caret);
  const node = document?.nodeAt(caret.path.slice(0, -1));
  return node?.kind === 'list' && node.items.some((item) => item.kind === 'map');
}

function fieldsAt(place: Place): Completion[] {
  const { caret, kind, source, known } = place;
  if (caret.place === 'value' || caret.place === 'text' || caret.quote === "'") {
    return [];
  }
  const { document, workflow } = place.readWithout(caret);
  if (typeof caret.path.at(-1) === 'number' && caret.place === 'either') {
    const list = document?.nodeAt(caret.path.slice(0, -1));
    const isOfTexts =
      list?.kind === 'list' &&
      list.items.some((item) => item.kind === 'scalar' && item.value !== null);
    if (isOfTexts || caret.closers !== '') {
      return [];
    }
  }
  const present = document?.keysAt(caret.path) ?? [];
  const role = keyRole(kind, [...caret.path, 'x']);
  // In quotes the colon would stand inside them.
  const following =
    caret.quote !== '' || /^[ \t]*:/.test(source.text.slice(caret.end, caret.end + 20));
  if (role === 'given') {
    const offers = names
      .givenOffers(known, stepAt(workflow?.draft, caret.path))
      .filter(({ label }) => !present.includes(label))
      .map((offer) => ({ ...offer, insertText: following ? offer.label : `${offer.label}: ` }));
    return completionsOf(offers, source.range(caret.start, caret.end));
  }
  if (role === 'agent') {
    const offers = names
      .agentOffers(known)
      .filter(({ label }) => !present.includes(label))
      .map((offer) => ({
        ...offer,
        insertText: following ? quotedIfNeeded(offer.label) : `${quotedIfNeeded(offer.label)}:\n  `,
        goesOn: true,
      }));
    return completionsOf(offers, source.range(caret.start, caret.end));
  }
  // VS Code's own help with JSON knows the schema, and its commas.
  if (isJson(source)) {
    return [];
  }
  const written = source.text.slice(caret.start, caret.offset);
  const fields = (schemaOf(kind)?.fields(caret.path, present) ?? [])
    .filter(({ name }) => !present.includes(name) || name === written)
    .sort((a, b) => Number(b.required) - Number(a.required));
  const offers = fields.map((field): Offer => {
    const insertText = following
      ? field.name
      : `${field.name}${behind(field, caret.closers !== '')}`;
    return {
      label: field.name,
      kind: 'field',
      detail: field.owner,
      documentation: field.description,
      insertText: caret.glued ? ` ${insertText}` : insertText,
      goesOn: !following && hasOffers(kind, [...caret.path, field.name]),
    };
  });
  return completionsOf(offers, source.range(caret.start, caret.end));
}

/** Whether names or values can be offered for a field, so that asking for them is worth it. */
function hasOffers(kind: DefinitionKind, path: Caret['path']): boolean {
  const role = valueRole(kind, path);
  return role === undefined
    ? (schemaOf(kind)?.values(path) ?? []).length > 0
    : !['condition', 'product', 'step-id', 'name'].includes(role);
}

/** What follows a field's name: the beginning of its value. */
function behind({ takes }: FieldFact, flow: boolean): string {
  return takes.text || flow ? ': ' : takes.list && !takes.fields ? ':\n  - ' : ':\n  ';
}

function asValues(place: Place, offers: readonly Offer[], prefix = ''): Completion[] {
  const { caret, source } = place;
  const range = source.range(caret.start, caret.end);
  return completionsOf(
    offers.map((offer) => {
      const text = offer.insertText ?? offer.label;
      const value =
        caret.quote !== ''
          ? text
          : isJson(source)
            ? JSON.stringify(text)
            : quotedIfNeeded(text, caret.closers !== '');
      return { ...offer, insertText: `${caret.glued ? ' ' : ''}${prefix}${value}` };
    }),
    range,
  );
}

/** Plain where YAML takes it for the same text. */
function quotedIfNeeded(text: string, flow = false): string {
  const plain =
    /^[A-Za-z_./][^\n\r]*$/.test(text) &&
    !/: |:$| #|\s$/.test(text) &&
    !(flow && /[,[\]{}]/.test(text)) &&
    !/^(?:true|false|null|~)$/i.test(text);
  const isValue = /^(?:true|false|\d+)$/.test(text);
  return plain || isValue ? text : JSON.stringify(text);
}

function isJson({ file }: SourceText): boolean {
  return /\.json$/i.test(file);
}
