import type { WorkflowIndex } from '../definitions/entries.ts';
import { fileUsed } from '../definitions/workflows/fileUsed.ts';
import type { SourceDocument, SourcePath } from '../definitions/source/sourceDocument.ts';
import type { ScalarNode, SourceNode } from '../definitions/source/sourceNode.ts';
import type { StepDraft } from '../definitions/workflows/workflowDraft.ts';
import { parseCondition, referencesInCondition } from '../domain/condition.ts';
import type { Range } from '../domain/diagnostic.ts';
import { parseTemplate, referencesIn, type Reference } from '../domain/expression.ts';
import { pathKey } from './pathKey.ts';
import type { Reading } from './reading.ts';
import { keyRole, stepPlaceOf, valueRole } from './roles.ts';

/** What a name in a definition file stands for. Two that stand for the same have the same `key`. */
export type Subject =
  | { readonly kind: 'agent'; readonly key: string; readonly name: string }
  | { readonly kind: 'workflow'; readonly key: string; readonly name: string }
  | { readonly kind: 'workflow-file'; readonly key: string; readonly file: string }
  | { readonly kind: 'step'; readonly key: string; readonly file: string; readonly name: string }
  | { readonly kind: 'input'; readonly key: string; readonly file: string; readonly name: string }
  | {
      readonly kind: 'matrix';
      readonly key: string;
      readonly file: string;
      readonly step: string;
      readonly name: string;
    }
  /** A file that steps make. */
  | { readonly kind: 'product'; readonly key: string; readonly file: string; readonly name: string }
  /** `run.id` */
  | { readonly kind: 'run'; readonly key: string };

/** A name where it stands. */
export interface Mention {
  readonly subject: Subject;
  /** Of the name itself. */
  readonly range: Range;
  /** Of all that means it: `steps.lint.output` for `lint`. */
  readonly whole: Range;
  readonly role: 'declaration' | 'use';
  /** Of a step in an expression: what is asked of it. */
  readonly asks: string | undefined;
}

/** Everything a file names, in the order written. */
export function mentionsIn(reading: Reading, workflows: WorkflowIndex): readonly Mention[] {
  const { document } = reading;
  if (document === undefined) {
    return [];
  }
  const finder = new MentionFinder(reading, document, workflows);
  finder.visit(document.root, []);
  return finder.mentions;
}

class MentionFinder {
  readonly mentions: Mention[] = [];
  readonly #reading: Reading;
  readonly #document: SourceDocument;
  readonly #workflows: WorkflowIndex;
  readonly #steps: ReadonlyMap<string, StepDraft>;

  constructor(reading: Reading, document: SourceDocument, workflows: WorkflowIndex) {
    this.#reading = reading;
    this.#document = document;
    this.#workflows = workflows;
    const steps = reading.workflow?.draft.steps ?? [];
    this.#steps = new Map(steps.map((step) => [pathKey(step.path), step]));
  }

  get #file(): string {
    return this.#reading.source.file;
  }

  visit(node: SourceNode, at: SourcePath): void {
    switch (node.kind) {
      case 'scalar':
        this.#visitText(node, at);
        break;
      case 'list':
        node.items.forEach((item, index) => this.visit(item, [...at, index]));
        break;
      case 'map':
        for (const [key, field] of node.fields) {
          const fieldPath = [...at, key];
          this.#visitKey(key, fieldPath, this.#unquoted(field.keyStart, field.keyEnd));
          this.visit(field.node, fieldPath);
        }
    }
  }

  #visitKey(name: string, at: SourcePath, range: Range): void {
    const step = this.#stepAt(at);
    switch (keyRole(this.#reading.kind, at)) {
      case 'step-id':
        this.#add(stepSubject(this.#file, name), range, 'declaration');
        break;
      case 'input':
        this.#add(inputSubject(this.#file, name), range, 'declaration');
        break;
      case 'matrix':
        if (step !== undefined) {
          this.#add(matrixSubject(this.#file, step.id, name), range, 'declaration');
        }
        break;
      case 'given': {
        const file = step && nestedFile(step, this.#workflows);
        if (file !== undefined) {
          this.#add(inputSubject(file, name), range, 'use');
        }
        break;
      }
      case 'agent':
        this.#add(agentSubject(name), range, 'use');
        break;
      case undefined:
    }
  }

  #visitText(node: ScalarNode, at: SourcePath): void {
    const { text } = node;
    if (node.value === null || text === '') {
      return;
    }
    const role = valueRole(this.#reading.kind, at);
    const range = this.#unquoted(node.start, node.end);
    switch (role) {
      case 'agent':
        this.#add(agentSubject(text), range, 'use');
        this.#addChainStep(at, range);
        break;
      case 'step':
        this.#add(stepSubject(this.#file, text), range, 'use');
        break;
      case 'step-id':
        this.#add(stepSubject(this.#file, text), range, 'declaration');
        break;
      case 'workflow':
        this.#add(workflowSubject(text), range, 'use');
        break;
      case 'workflow-file': {
        const file = fileUsed(this.#file, text);
        this.#add({ kind: 'workflow-file', key: `file ${file}`, file }, range, 'use');
        break;
      }
      case 'product':
        this.#add(productSubject(this.#file, text), range, 'declaration');
        break;
      case 'shown':
        this.#add(productSubject(this.#file, text), range, 'use');
        break;
      case 'name':
        this.#add(
          this.#reading.kind.kind === 'workflow' ? workflowSubject(text) : agentSubject(text),
          range,
          'declaration',
        );
        break;
      case 'condition':
      case 'model':
      case 'tool':
      case undefined:
    }
    if (this.#reading.kind.kind === 'workflow' && (role === 'condition' || text.includes('${{'))) {
      this.#visitExpressions(node, at, role === 'condition');
    }
  }

  /** The items of a plain list of agents are steps called after them. */
  #addChainStep(at: SourcePath, range: Range): void {
    const step = typeof at.at(-1) === 'number' ? this.#stepAt(at) : undefined;
    if (step !== undefined) {
      this.#add(stepSubject(this.#file, step.id), range, 'declaration');
    }
  }

  #visitExpressions(node: ScalarNode, at: SourcePath, isCondition: boolean): void {
    const places = this.#document.placesIn(at);
    for (const reference of referencesOf(node.text, isCondition)) {
      const [root, member, field] = reference.names;
      const subject = this.#referenced(root.name, member?.name, at);
      if (subject !== undefined) {
        const named = member ?? root;
        this.mentions.push({
          subject,
          range: places.range(named.start, named.end),
          whole: places.range(reference.start, reference.end),
          role: 'use',
          asks: field?.name,
        });
      }
    }
  }

  #referenced(root: string, member: string | undefined, at: SourcePath): Subject | undefined {
    if (member === undefined) {
      return undefined;
    }
    switch (root) {
      case 'inputs':
        return inputSubject(this.#file, member);
      case 'steps':
        return stepSubject(this.#file, member);
      case 'matrix': {
        const step = this.#stepAt(at);
        return step && matrixSubject(this.#file, step.id, member);
      }
      case 'run':
        return { kind: 'run', key: 'run' };
      default:
        return undefined;
    }
  }

  #add(subject: Subject, range: Range, role: Mention['role']): void {
    this.mentions.push({ subject, range, whole: range, role, asks: undefined });
  }

  #stepAt(at: SourcePath): StepDraft | undefined {
    const place = stepPlaceOf(at);
    return place && this.#steps.get(pathKey(place.step));
  }

  #unquoted(start: number, end: number): Range {
    const { source } = this.#document;
    const first = source.text[start];
    const quoted =
      end - start > 1 && (first === '"' || first === "'") && source.text[end - 1] === first;
    return quoted ? source.range(start + 1, end - 1) : source.range(start, end);
  }
}

function referencesOf(text: string, isCondition: boolean): Reference[] {
  if (isCondition) {
    const condition = parseCondition(text);
    return condition.ok ? referencesInCondition(condition.value) : [];
  }
  const template = parseTemplate(text);
  return template.ok ? referencesIn(template.value) : [];
}

/** The file of the workflow that a step is; `undefined`: none is known. */
export function nestedFile(step: StepDraft, workflows: WorkflowIndex): string | undefined {
  const mention = step.kind === 'workflow' ? step.workflow : undefined;
  return mention && (mention.file ?? workflows.named(mention.text)?.file);
}

export function agentSubject(name: string): Subject {
  return { kind: 'agent', key: `agent ${name}`, name };
}

export function workflowSubject(name: string): Subject {
  return { kind: 'workflow', key: `workflow ${name}`, name };
}

function stepSubject(file: string, name: string): Subject {
  return { kind: 'step', key: `step ${file} ${name}`, file, name };
}

function inputSubject(file: string, name: string): Subject {
  return { kind: 'input', key: `input ${file} ${name}`, file, name };
}

function matrixSubject(file: string, step: string, name: string): Subject {
  return { kind: 'matrix', key: `matrix ${file} ${step} ${name}`, file, step, name };
}

function productSubject(file: string, name: string): Subject {
  return { kind: 'product', key: `product ${file} ${name}`, file, name };
}
