import { formatBytes, oneLine } from '../base/text.ts';
import { changing, didYouMean, error, warning, type Problem } from './source/problem.ts';

// What people read about a definition file whatever it defines; agentProblems.ts, workflowProblems.ts
// and expressionProblems.ts hold the rest. Each sentence says what is wrong and, where it is not plain,
// what to do; the code before it is stable.

// Files

/** @param code of the system, such as `EACCES` */
export function unreadable(code: string): Problem {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'it is not there',
    ENOTDIR: 'a part of its path is no folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ELOOP: 'its symbolic links go round in a circle',
    EMFILE: 'too many files are open',
    ENAMETOOLONG: 'its path is too long',
  };
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  return error('unreadable', `This cannot be read: ${reason ?? code}.`);
}

export function notAFile(): Problem {
  return error('unreadable', 'This cannot be read: it is not a plain file.');
}

export function tooLarge(bytes: number, limit: number): Problem {
  return error(
    'too-large',
    `This file has ${formatBytes(bytes)}; definition files are read up to ${formatBytes(limit)}.`,
  );
}

export function binary(): Problem {
  return error('not-text', 'This is no text: it holds NUL bytes.');
}

/** @param encoding what it is instead, where that can be told */
export function notUtf8(encoding: string | undefined): Problem {
  return error(
    'not-utf8',
    encoding === undefined
      ? 'This is not valid UTF-8 from here on: save the file as UTF-8.'
      : `This file is ${encoding}: save it as UTF-8.`,
  );
}

export function emptyFile(what: string): Problem {
  return error('empty-file', `This file is empty: it should hold ${what}.`);
}

export function tooManyFiles(limit: number): Problem {
  return warning(
    'too-many-files',
    `This folder holds more than ${limit.toLocaleString('en')} files and folders; the rest is not looked at.`,
  );
}

// YAML

/**
 * @param code the YAML library's
 * @param message its own words, for what needs no others
 * @param found the text that stands there
 */
export function yamlSyntax(code: string, message: string, found: string): Problem {
  const kinder: Readonly<Record<string, string>> = {
    BLOCK_AS_IMPLICIT_KEY:
      'A second "key: value" cannot stand on this line: put quotes around a value that holds ": ".',
    TAB_AS_INDENT: 'A tab cannot indent YAML: use spaces.',
    MULTILINE_IMPLICIT_KEY:
      'A key cannot go over several lines: indent the lines that continue a value, or put quotes around it.',
    TAG_RESOLVE_FAILED:
      'Tags such as "!name" are not read here: remove it, or put quotes around a value that starts with "!".',
    BAD_DIRECTIVE: 'This "%" line is not known to YAML 1.2: remove it.',
    BAD_SCALAR_START: 'A value cannot start with this character: put quotes around it.',
    UNEXPECTED_TOKEN: `"${oneLine(found, 30)}" cannot stand here: look for a missing quote, bracket or indentation before it.`,
  };
  const text = Object.hasOwn(kinder, code) ? kinder[code] : undefined;
  return error('yaml-syntax', text ?? `This is not valid YAML: ${message.replace(/[.:]+$/, '')}.`);
}

export function unquotedExpression(): Problem {
  return error(
    'yaml-syntax',
    'Between "{" and "}" or "[" and "]", a text with "${{" in it needs quotes around it.',
  );
}

export function tooDeep(limit: number): Problem {
  return error('too-deep', `Lists and maps stand in each other more than ${limit} deep here.`);
}

export function tooManyTokens(limit: number): Problem {
  return error(
    'too-large',
    `This file holds more than ${limit.toLocaleString('en')} words and signs: the rest is not read.`,
  );
}

export function duplicateKey(key: string): Problem {
  return error('duplicate-key', `"${key}" stands here twice: remove or rename one.`);
}

export function badKey(): Problem {
  return error('bad-key', 'A key must be a text, not a list, other fields, an alias or nothing.');
}

export function forbiddenKey(key: string): Problem {
  return error('bad-key', `"${key}" cannot be a key: choose another name.`);
}

export function unknownAlias(name: string): Problem {
  return error('unknown-alias', `No anchor "&${name}" stands before this alias.`);
}

export function tooManyAliases(limit: number): Problem {
  return error(
    'too-many-aliases',
    `The aliases of this file stand for more than ${limit.toLocaleString('en')} values: write them out.`,
  );
}

export function secondDocument(): Problem {
  return error('second-document', 'A second document starts here: a file holds only one.');
}

export function frontMatterLanguage(language: string): Problem {
  return error(
    'front-matter',
    `Front matter is read as YAML only: write "---" without "${language}".`,
  );
}

export function frontMatterOpen(): Problem {
  return error('front-matter', 'The front matter is never closed: write a line "---" below it.');
}

// Fields

export function notFields(what: string): Problem {
  return error('wrong-type', `${what} must be made of fields, one "name: value" a line.`);
}

export function unknownField(key: string, meant: string | undefined): Problem {
  const problem = error('unknown-field', `There is no field "${key}".${didYouMean(meant)}`);
  return changing(problem, key, meant);
}

export function mergeKey(): Problem {
  return error('unknown-field', 'Merge keys ("<<") are not read: write the fields out.');
}

/** @param owner what has such a field, e.g. `a model agent` */
export function fieldOfOther(key: string, owner: string): Problem {
  return error('unknown-field', `Only ${owner} has a field "${key}".`);
}

/** @param rule what to say beyond that, as the rest of the sentence */
export function missingField(label: string, rule = ''): Problem {
  return error('missing-field', `${label} ${rule === '' ? 'is missing' : rule}.`);
}

export function noValue(label: string): Problem {
  return error('wrong-type', `${label} has no value: give one or remove it.`);
}

/** @param kinds what would do @param found what stands there */
export function wrongKind(label: string, kinds: readonly string[], found: string): Problem {
  return error('wrong-type', `${label} must be ${kinds.join(' or ')}, not ${found}.`);
}

/** @param rule the rest of a sentence, e.g. `must be a whole number from 1 to 10` */
export function wrongValue(label: string, rule: string): Problem {
  return error('wrong-value', `${label} ${rule}.`);
}

export function twoWords(alias: string, field: string): Problem {
  return error('duplicate-field', `"${alias}" is another word for "${field}": keep one of them.`);
}

export function noSecondName(first: string): Problem {
  return error('duplicate-name', `The workflow of ${first} has the same name: rename one of them.`);
}

// Cache

export function inputsOfModel(): Problem {
  return warning(
    'no-effect',
    '"cache.inputs" has no effect here: what a language model reads is followed.',
  );
}

export function similarOfProgram(): Problem {
  return warning(
    'no-effect',
    '"cache.similar" has no effect here: only what a language model is asked can be similar.',
  );
}

// Commands

/** In the words of a check or a probe. */
export function expressionInCommand(): Problem {
  return warning(
    'literal-expression',
    'Nothing is filled in for "${{" in a command: the program gets these characters as they are.',
  );
}
