import type { SourcePath } from '../definitions/source/sourceDocument.ts';

/** A JSON Schema as `jsonSchemas` makes them, and as the fields of other tools are written down. */
export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  /** Of values that may be others too. */
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** A field that may be written, as editors show it. */
export interface FieldFact {
  readonly name: string;
  readonly description: string;
  /** Of the map it is a field of: `Agent step`. */
  readonly owner: string;
  readonly required: boolean;
  /** What its value may be. */
  readonly takes: { readonly text: boolean; readonly list: boolean; readonly fields: boolean };
}

/** What a schema says of places in a file. */
export class SchemaFacts {
  readonly #root: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  /** The fields of the map at a path; of several kinds of maps those that have all fields that are there. */
  fields(path: SourcePath, present: readonly string[]): FieldFact[] {
    const kinds = this.#at(path).filter(({ properties }) => properties !== undefined);
    const known = present.filter((key) => kinds.some((kind) => has(kind, key)));
    const fitting = kinds.filter((kind) => known.every((key) => has(kind, key)));
    const found = new Map<string, FieldFact>();
    for (const kind of fitting.length > 0 ? fitting : kinds) {
      for (const [name, schema] of Object.entries(kind.properties ?? {})) {
        const earlier = found.get(name);
        const forms = this.#flat(schema);
        const takes = {
          text: forms.some(isText) || earlier?.takes.text === true,
          list: forms.some((form) => isOf(form, 'array')) || earlier?.takes.list === true,
          fields: forms.some((form) => isOf(form, 'object')) || earlier?.takes.fields === true,
        };
        found.set(name, {
          name,
          description: earlier?.description ?? describe(schema, forms),
          owner: earlier?.owner ?? kind.title ?? '',
          required: (kind.required ?? []).includes(name) && earlier?.required !== false,
          takes,
        });
      }
    }
    return [...found.values()];
  }

  /** What the field at a path is for; `''`: nothing is said. */
  description(path: SourcePath): string {
    const parents = this.#at(path.slice(0, -1));
    const name = String(path.at(-1) ?? '');
    for (const { properties } of parents) {
      const schema =
        properties !== undefined && Object.hasOwn(properties, name) && properties[name];
      if (schema) {
        return describe(schema, this.#flat(schema));
      }
    }
    return '';
  }

  /** The values to choose from where there are some, or that are usual. */
  values(path: SourcePath): string[] {
    const values = this.#at(path).flatMap((schema) =>
      schema.const !== undefined
        ? [schema.const]
        : (schema.enum ?? schema.examples ?? (schema.type === 'boolean' ? [true, false] : [])),
    );
    return [...new Set(values.map(String))];
  }

  takesList(path: SourcePath): boolean {
    return this.#at(path).some((schema) => isOf(schema, 'array'));
  }

  #at(path: SourcePath): JsonSchema[] {
    let schemas = this.#flat(this.#root);
    for (const part of path) {
      schemas = schemas.flatMap((schema) => this.#flat(childOf(schema, part)));
    }
    return schemas;
  }

  /** Its alternatives, theirs included. */
  #flat(schema: JsonSchema | undefined): JsonSchema[] {
    if (schema === undefined) {
      return [];
    }
    if (schema.$ref !== undefined) {
      const name = /^#\/definitions\/(.*)$/.exec(schema.$ref)?.[1];
      return name === undefined ? [] : this.#flat(this.#root.definitions?.[name]);
    }
    const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    return parts === undefined ? [schema] : parts.flatMap((part) => this.#flat(part));
  }
}

function childOf(schema: JsonSchema, part: string | number): JsonSchema | undefined {
  if (typeof part === 'number') {
    return schema.items;
  }
  const { properties = {}, additionalProperties } = schema;
  return Object.hasOwn(properties, part)
    ? properties[part]
    : typeof additionalProperties === 'object'
      ? additionalProperties
      : undefined;
}

function has({ properties = {} }: JsonSchema, name: string): boolean {
  return Object.hasOwn(properties, name);
}

function describe({ description }: JsonSchema, forms: readonly JsonSchema[]): string {
  return description ?? forms.find((form) => form.description !== undefined)?.description ?? '';
}

function isOf({ type }: JsonSchema, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

function isText(schema: JsonSchema): boolean {
  return (
    schema.enum !== undefined ||
    schema.const !== undefined ||
    ['string', 'number', 'integer', 'boolean'].some((type) => isOf(schema, type))
  );
}
