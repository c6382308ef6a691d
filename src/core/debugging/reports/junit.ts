import { countOf, Tally } from './tally.ts';
import { xmlText, XmlTags, type XmlPart } from './xmlTags.ts';

// JUnit XML, of which there is no standard: suites in each other at any depth, or none; counts as attributes, or none.

/** Where a document may begin: a line of its own, or behind the declaration. */
const ROOT = /(?:^[ \t\ufeff]*|\?>\s*)<testsuites?(?=[\s/>])/gm;

const MOST_DEPTH = 200;
/** Of a failure's text; only its first lines are kept. */
const MOST_TEXT = 4000;

/** What runners call the suite that holds all: it tells nothing of where a test stands. */
const OF_ALL = /^(?:mocha tests|pytest|pytest tests|jest tests|vitest tests|root suite|)$/i;

type Open = Extract<XmlPart, { kind: 'open' }>;

/** The tests of the documents in a text; `undefined`: there is none, or one of them is not whole. */
export function readJunit(text: string): Tally | undefined {
  const tally = new Tally();
  let isFound = false;
  ROOT.lastIndex = 0;
  for (let match = ROOT.exec(text); match !== null; match = ROOT.exec(text)) {
    const tags = new XmlTags(text, text.indexOf('<t', match.index));
    const document = new JunitDocument();
    if (!readInto(document, tags)) {
      return undefined;
    }
    tally.add(document.tally);
    isFound = true;
    ROOT.lastIndex = tags.at;
  }
  return isFound ? tally : undefined;
}

/** False where the document is cut off, or goes on as no XML does. */
function readInto(document: JunitDocument, tags: XmlTags): boolean {
  const open: string[] = [];
  for (let part = tags.next(); part !== undefined; part = tags.next()) {
    switch (part.kind) {
      case 'open':
        document.open(part);
        open.push(part.name);
        if (open.length > MOST_DEPTH) {
          return false;
        }
        if (!part.isEmpty) {
          break;
        }
        open.pop();
        document.close(part.name);
        break;
      case 'close':
        if (open.pop() !== part.name) {
          return false;
        }
        document.close(part.name);
        break;
      case 'text':
        document.text(part.text, part.isLiteral);
    }
    if (open.length === 0) {
      document.end();
      return true;
    }
  }
  return false;
}

interface Case {
  readonly name: string;
  readonly className: string;
  isSkipped: boolean;
  /** Where it failed: how that is put, and the text that stands there. */
  message: string | undefined;
}

class JunitDocument {
  readonly tally = new Tally();
  readonly #suites: string[] = [];
  /** Counts of the outermost suites that have some, for documents without any test in them. */
  readonly #told = { tests: 0, failed: 0, skipped: 0 };
  #toldAt: number | undefined;
  #case: Case | undefined;
  /** The failure that is open. */
  #failure: { readonly message: string; text: string } | undefined;

  open({ name, attributes }: Open): void {
    const value = (key: string) => xmlText((attributes.get(key) ?? '').slice(0, MOST_TEXT));
    switch (name) {
      case 'testsuites':
      case 'testsuite':
        this.#suites.push(value('name'));
        this.#note(attributes);
        break;
      case 'testcase':
        this.#case = {
          name: value('name'),
          className: value('classname'),
          isSkipped: /^(?:notrun|skipped|disabled|ignored)$/i.test(
            attributes.get('status') ?? attributes.get('result') ?? '',
          ),
          message: undefined,
        };
        break;
      case 'failure':
      case 'error':
        this.#failure = { message: value('message'), text: '' };
        break;
      case 'skipped':
        if (this.#case !== undefined) {
          this.#case.isSkipped = true;
        }
        break;
      default:
    }
  }

  text(text: string, isLiteral: boolean): void {
    if (this.#failure !== undefined && this.#failure.text.length < MOST_TEXT) {
      const more = text.slice(0, MOST_TEXT);
      this.#failure.text += isLiteral ? more : xmlText(more);
    }
  }

  close(name: string): void {
    switch (name) {
      case 'testsuites':
      case 'testsuite':
        this.#suites.pop();
        if (this.#toldAt === this.#suites.length) {
          this.#toldAt = undefined;
        }
        break;
      case 'failure':
      case 'error':
        this.#fail(joined(this.#failure?.message ?? '', this.#failure?.text.trimStart() ?? ''));
        this.#failure = undefined;
        break;
      case 'testcase':
        this.#count();
        break;
      default:
    }
  }

  end(): void {
    const { tests, failed, skipped } = this.#told;
    if (this.tally.total === 0) {
      this.tally.failed = failed;
      this.tally.skipped = skipped;
      this.tally.passed = Math.max(0, tests - failed - skipped);
    }
  }

  #note(attributes: ReadonlyMap<string, string>): void {
    if (this.#toldAt !== undefined || !attributes.has('tests')) {
      return;
    }
    const count = (key: string) => countOf(attributes.get(key));
    this.#toldAt = this.#suites.length - 1;
    this.#told.tests += count('tests');
    this.#told.failed += count('failures') + count('errors');
    this.#told.skipped += count('skipped') + count('disabled');
  }

  #fail(message: string): void {
    if (this.#case === undefined) {
      // What fails before or behind its tests, a suite says itself.
      this.tally.fail(this.#places(''), message);
    } else {
      this.#case.message ??= message;
    }
  }

  #count(): void {
    const one = this.#case;
    this.#case = undefined;
    if (one?.message !== undefined) {
      const className = one.className === one.name ? '' : one.className;
      this.tally.fail([...this.#places(className), one.name], one.message);
    } else if (one?.isSkipped === true) {
      this.tally.skipped += 1;
    } else if (one !== undefined) {
      this.tally.passed += 1;
    }
  }

  /** The suites, and the class where it says more than they do. */
  #places(className: string): readonly string[] {
    const suites = this.#suites.filter((name) => !OF_ALL.test(name));
    // Node's own reporter calls every class "test".
    return className === 'test' || suites.includes(className) ? suites : [...suites, className];
  }
}

/** Many runners repeat the message at the beginning of the text. */
function joined(message: string, text: string): string {
  return text.startsWith(message) ? text : `${message}\n${text}`;
}
