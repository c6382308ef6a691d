import { err, ok, type Result } from '../../base/result.ts';
import { digestOf } from '../../base/digest.ts';
import { editedText, inOrder, type TextEdit } from './lines.ts';
import type { SourceDocument } from './sourceDocument.ts';
import { SourceText } from './sourceText.ts';
import { changedValue, hasAlias, isSame, pathOf, type TreeChange } from './treeChanges.ts';
import { Place, type Writing } from './treePlace.ts';
import { parseYaml } from './yamlSource.ts';

// What a document's values should be, as edits of its text: all else stays byte for byte. Each proposal is read back
// and kept only where it says exactly what was asked for, so that no layout, however odd, is ever spoilt.

/** Why there is no edit that says what is wanted. */
export type TreeFault =
  /** The changes touch what a YAML anchor shares, or the document is written in a way that cannot be kept. */
  'anchors' | 'layout';

/**
 * Edits after which the document holds what the changes say, and nothing else is another.
 * @param isJson a text that is JSON stays so
 */
export function treeEdits(
  document: SourceDocument,
  changes: readonly TreeChange[],
  isJson: boolean,
): Result<readonly TextEdit[], TreeFault> {
  const { text } = document.source;
  const wanted = changedValue(document.root.value, changes);
  const staysJson = isJson && isJsonText(text);
  for (const isCareful of [false, true]) {
    const edits = editsOf(document, changes, { isJson: staysJson, isCareful });
    const edited = edits && editedText(text, edits);
    if (edits !== undefined && edited?.ok === true && reads(edited.value, wanted, staysJson)) {
      return ok(
        inOrder(edits).filter(({ start, end, text: put }) => put !== text.slice(start, end)),
      );
    }
  }
  return err(hasAlias(document.root) ? 'anchors' : 'layout');
}

/** A document of a text that is in no file. */
export function documentOf(text: string): SourceDocument | undefined {
  return parseYaml(new SourceText('', text, digestOf(''))).document;
}

function reads(text: string, wanted: unknown, isJson: boolean): boolean {
  const document = documentOf(text);
  return (
    document !== undefined && isSame(document.root.value, wanted) && (!isJson || isJsonText(text))
  );
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function editsOf(
  document: SourceDocument,
  changes: readonly TreeChange[],
  writing: Writing,
): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const change of changes) {
    const made = editsOfOne(new Place(document, pathOf(change), writing), change);
    if (made === undefined) {
      return undefined;
    }
    edits.push(...made);
  }
  return edits;
}

function editsOfOne(place: Place, change: TreeChange): readonly TextEdit[] | undefined {
  if (place.isShared) {
    // It follows what the anchor shares, or it does not, and then what is read back is not what was asked for.
    return [];
  }
  switch (change.kind) {
    case 'value':
      return place.valueEdits(change.value);
    case 'field':
      return place.fieldEdits(change.name, change.value, change.order);
    case 'list':
      return place.listEdits(change.items);
  }
}
