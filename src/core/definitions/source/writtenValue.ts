import type { JsonValue } from '../../domain/workflow.ts';
import { writeYaml, YamlFields } from './yamlWriter.ts';

// Values as the text of a file that stands already: in the quotes, the brackets and the indentation found there.

/** How the values around a place are written. */
export interface Style {
  /** Inside brackets, where line breaks and `,` end nothing. */
  readonly isFlow: boolean;
  /** Keys and texts stand in double quotes, as in JSON. */
  readonly isJson: boolean;
  /** Of lists and fields in brackets: each item has a line of its own. */
  readonly isSpread: boolean;
  /** The same holds for lists of mere texts. */
  readonly spreadsTexts: boolean;
  /** Blanks before the lines of what stands around the place. */
  readonly indent: string;
  /** Blanks of one level more. */
  readonly unit: string;
  /** Between a key in brackets and its value: `: ` or `:`. */
  readonly colon: string;
  /** Behind a `,` on one line: a blank or nothing. */
  readonly apart: string;
  readonly lineBreak: string;
  /** Quotes around every text: what is sure to be read back, where nicer was not. */
  readonly isCareful: boolean;
}

/** Text in double quotes, which YAML and JSON read alike; what cannot be seen is escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (unseen) => `\\u${unseen.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value on one line that is not in brackets itself. */
export function scalarText(value: JsonValue, { isFlow, isJson, isCareful }: Style): string {
  if (typeof value !== 'string') {
    return JSON.stringify(value);
  }
  if (isJson || isCareful) {
    return quoted(value);
  }
  if (isPlain(value, isFlow)) {
    return value;
  }
  return isSingleQuotable(value) ? singleQuoted(value) : quoted(value);
}

/** In the quotes of what stood there: `undefined` where they cannot hold it, or there were none. */
export function requoted(text: string, written: string): string | undefined {
  if (written.startsWith('"')) {
    return quoted(text);
  }
  return written.startsWith("'") && isSingleQuotable(text) ? singleQuoted(text) : undefined;
}

/** A value in brackets. @param indent blanks before the line it stands in */
export function flowText(value: JsonValue, style: Style, indent: string): string {
  const inside = { ...style, isFlow: true };
  if (typeof value !== 'object' || value === null) {
    return scalarText(value, inside);
  }
  const deeper = indent + style.unit;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const parts = isList(value)
    ? value.map((item) => flowText(item, style, deeper))
    : Object.entries(value).map(
        ([name, item]) =>
          `${scalarText(name, inside)}${style.colon}${flowText(item, style, deeper)}`,
      );
  const isSpread = style.isSpread && (!isList(value) || style.spreadsTexts || value.some(isDeep));
  if (!isSpread || parts.length === 0) {
    const pad = open === '{' && style.apart !== '' && parts.length > 0 ? ' ' : '';
    return `${open}${pad}${parts.join(`,${style.apart}`)}${pad}${close}`;
  }
  const line = style.lineBreak + deeper;
  return `${open}${line}${parts.join(`,${line}`)}${style.lineBreak}${indent}${close}`;
}

/** `name: value`, in as many lines as it takes; those behind the first begin with `style.indent`. */
export function fieldText(name: string, value: JsonValue, style: Style): string {
  if (style.isFlow || style.isJson || style.isCareful) {
    const colon = style.isFlow ? style.colon : ': ';
    return `${scalarText(name, style)}${colon}${flowText(value, style, style.indent)}`;
  }
  return blockLines(new YamlFields([[name, value]]), style.indent, style.lineBreak);
}

/** A list's item behind its dash. @param indent blanks before the line behind the first */
export function itemText(value: JsonValue, style: Style, indent: string): string {
  if (typeof value !== 'object' || value === null || style.isCareful) {
    return flowText(value, style, indent);
  }
  return isList(value)
    ? flowText(value, style, indent)
    : blockLines(new YamlFields(Object.entries(value)), indent, style.lineBreak);
}

/** What stands behind `key:`, with the blank or the line break before it. */
export function valueBehindKey(value: JsonValue, style: Style): string {
  const text = fieldText('k', value, style);
  return text.slice(text.indexOf(':') + 1);
}

/** A text of several lines behind a key, as it is. @param indent blanks before the key */
export function literalText(text: string, indent: string, lineBreak: string): string | undefined {
  const end = text.endsWith('\n') ? '' : '-';
  const lines = (end === '' ? text.slice(0, -1) : text).split('\n');
  const isLiteral =
    lines.every((line) => !/^[ \t]+$/.test(line)) &&
    /^[^\s]/.test(text) &&
    lines.at(-1) !== '' &&
    // eslint-disable-next-line no-control-regex -- what YAML does not let stand as it is
    !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(text) &&
    !/\p{Surrogate}/u.test(text);
  return isLiteral
    ? `|${end}${lines.map((line) => lineBreak + (line === '' ? '' : `${indent}  ${line}`)).join('')}`
    : undefined;
}

function blockLines(fields: YamlFields, indent: string, lineBreak: string): string {
  return writeYaml(fields)
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => (index === 0 || line === '' ? line : indent + line))
    .join(lineBreak);
}

/** True for a text that YAML's core schema reads as itself without quotes. */
function isPlain(text: string, isFlow: boolean): boolean {
  return (
    /^[\p{L}\p{N}_/.(][\p{L}\p{N}\p{P}\p{S}\p{M} ]*$/u.test(text) &&
    !/: | #|[ :]$|^\.\.\.|^(?:null|true|false)$/i.test(text) &&
    !/^\.?(?:[0-9]|inf$|nan$)[0-9a-fox_.+-]*$/i.test(text) &&
    !(isFlow && /[,[\]{}:#]/.test(text))
  );
}

function isSingleQuotable(text: string): boolean {
  return /^[\p{L}\p{N}\p{P}\p{S}\p{M} ]*$/u.test(text);
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isDeep(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
