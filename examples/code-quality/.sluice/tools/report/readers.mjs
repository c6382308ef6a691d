// One reader for each tool's output. A reader throws on anything it does not know: a line that is
// skipped is a finding that is lost.

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./project.mjs').Project} Project */

/**
 * @typedef {object} Tool
 * @property {{ name: string, uri: string }} about
 * @property {string} package the npm package its version is read from
 * @property {(output: string, project: Project) => { findings: Finding[], checked: string }} read
 */

/** A file that does not hold what it should. */
export class Unreadable extends Error {
  /**
   * @param {string} file
   * @param {string} reason
   */
  constructor(file, reason) {
    super(reason);
    this.file = file;
  }

  /**
   * The result of `read`; what it throws becomes an `Unreadable` of `file`.
   * @template T
   * @param {string} file
   * @param {() => T} read
   * @returns {T}
   */
  static unlessRead(file, read) {
    try {
      return read();
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      throw new Unreadable(file, missing ? 'is not there' : messageOf(error));
    }
  }
}

/**
 * By the name of the agent, in the order of the report.
 * @type {Record<string, Tool>}
 */
export const tools = {
  eslint: {
    about: { name: 'ESLint', uri: 'https://eslint.org' },
    package: 'eslint',
    read: readEslint,
  },
  tsc: {
    about: { name: 'TypeScript', uri: 'https://www.typescriptlang.org' },
    package: 'typescript',
    read: readTsc,
  },
  secretlint: {
    about: { name: 'Secretlint', uri: 'https://github.com/secretlint/secretlint' },
    package: 'secretlint',
    read: readSecretlint,
  },
  mocha: {
    about: { name: 'Mocha', uri: 'https://mochajs.org' },
    package: 'mocha',
    read: readMocha,
  },
};

/**
 * @param {any} task what `task.json` holds
 * @returns {Tool}
 */
export function toolOf(task) {
  if (typeof task?.agent !== 'string' || !Number.isInteger(task.exitCode)) {
    throw new Error('does not name an agent and its exit code');
  }
  if (!Object.hasOwn(tools, task.agent)) {
    const known = Object.keys(tools).join(', ');
    throw new Error(`was made by the agent "${task.agent}"; only these can be read: ${known}`);
  }
  return tools[task.agent];
}

/** @type {Tool['read']} */
function readEslint(output, project) {
  const results = listed(parsed(output, "ESLint's JSON"), 'a list of files');
  const findings = results.flatMap((result) => {
    const file = project.relative(String(result.filePath));
    return listed(result.messages, `messages for ${file}`).map(
      /** @returns {Finding} */ (message) => ({
        rule: message.ruleId ?? (message.fatal ? 'syntax' : 'eslint'),
        level: message.severity === 2 ? 'error' : 'warning',
        message: clean(message.message, project),
        file,
        region: regionOf(message.line, message.column, message.endLine, message.endColumn),
        help: eslintHelp(message.ruleId),
      }),
    );
  });
  return { findings, checked: counted(results.length, 'file') };
}

/** @param {string | null} rule */
function eslintHelp(rule) {
  if (rule?.startsWith('@typescript-eslint/')) {
    return `https://typescript-eslint.io/rules/${rule.slice(rule.indexOf('/') + 1)}`;
  }
  // Rules of other plug-ins are explained where only their authors know.
  return rule && !rule.includes('/') ? `https://eslint.org/docs/latest/rules/${rule}` : undefined;
}

/** @type {Tool['read']} */
function readTsc(output, project) {
  /** @type {Finding[]} */
  const findings = [];
  for (const line of output.split(/\r?\n/)) {
    const last = findings.at(-1);
    // `file(line,column): error TS1234: text`, or without a place for the program as a whole.
    const match = /^(?:(.+)\((\d+),(\d+)\): )?(error|warning|message) (TS\d+): (.*)$/.exec(line);
    if (match) {
      const [, file, startLine, startColumn, category, rule, text] = match;
      findings.push({
        rule,
        level: category === 'error' || category === 'warning' ? category : 'note',
        message: text,
        file: file && project.relative(file),
        region: regionOf(Number(startLine), Number(startColumn)),
      });
    } else if (/^ +\S/.test(line) && last) {
      last.message += `\n${line}`;
    } else if (line !== '') {
      throw new Error(`holds a line that is not one of tsc's: ${quoted(line)}`);
    }
  }
  for (const finding of findings) {
    finding.message = clean(finding.message, project);
  }
  return { findings, checked: '' };
}

/** @type {Tool['read']} */
function readSecretlint(output, project) {
  const log = parsed(output, "secretlint's SARIF");
  const runs = listed(log?.runs, 'runs');
  const findings = runs.flatMap((run) => {
    const help = new Map(
      (run.tool?.driver?.rules ?? []).map((/** @type {any} */ rule) => [rule.id, rule.helpUri]),
    );
    return listed(run.results, 'results').map(
      /** @returns {Finding} */ (result) => {
        const place = result.locations?.[0]?.physicalLocation;
        const { startLine, startColumn, endLine, endColumn } = place?.region ?? {};
        return {
          // `preset > rule`: the preset says nothing a reader needs.
          rule: String(result.ruleId).split(' > ').at(-1) ?? '',
          level: result.level ?? 'warning',
          message: clean(result.message?.text, project),
          file: project.relative(decodeURI(String(place?.artifactLocation?.uri))),
          region: regionOf(startLine, startColumn, endLine, endColumn),
          help: help.get(result.ruleId),
          secret: true,
        };
      },
    );
  });
  return { findings, checked: '' };
}

/** @type {Tool['read']} */
function readMocha(output, project) {
  const { stats, failures } = parsed(mochaObject(output), "Mocha's JSON");
  const failed = listed(failures, 'failures');
  if (!Number.isInteger(stats?.tests) || stats.failures !== failed.length) {
    throw new Error('does not list as many failures as it counts');
  }
  const findings = failed.map(
    /** @returns {Finding} */ (test) => {
      const file = project.relative(String(test.file));
      const text = test.err?.message ?? 'failed without a message';
      return {
        rule: 'failed-test',
        level: 'error',
        message: clean(`${test.fullTitle}: ${text}`, project),
        file,
        region: file === undefined ? undefined : regionInStack(test.err?.stack, file, project),
        subject: String(test.fullTitle),
      };
    },
  );
  const skipped = stats.pending > 0 ? `, ${stats.pending} skipped` : '';
  return { findings, checked: `${counted(stats.tests, 'test')}${skipped}` };
}

/**
 * Tests print where Mocha's reporter prints, before its object or around it. The object ends at the
 * first brace at the start of a line: what is in it is indented, and its texts escape line ends.
 * @param {string} output
 */
function mochaObject(output) {
  const start = output.lastIndexOf('{\n  "stats": {');
  const end = output.indexOf('\n}', start);
  if (start < 0 || end < 0) {
    throw new Error(
      `holds no JSON of Mocha's: ${output.trim() === '' ? 'it is empty' : quoted(output)}`,
    );
  }
  return output.slice(start, end + 2);
}

/**
 * Where the test itself failed: the first frame in its own file. A time-out has none.
 * @param {unknown} stack
 * @param {string} file
 * @param {Project} project
 */
function regionInStack(stack, file, project) {
  for (const line of String(stack).split('\n')) {
    const frame = /^\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?$/.exec(line);
    if (frame && project.relative(frame[1]) === file) {
      return regionOf(Number(frame[2]), Number(frame[3]));
    }
  }
  return undefined;
}

/**
 * @param {number | undefined} startLine
 * @param {number} [startColumn]
 * @param {number} [endLine]
 * @param {number} [endColumn]
 * @returns {import('./findings.mjs').Region | undefined}
 */
function regionOf(startLine, startColumn, endLine, endColumn) {
  if (!isPosition(startLine)) {
    return undefined;
  }
  return {
    startLine,
    ...(isPosition(startColumn) && { startColumn }),
    ...(isPosition(endLine) && isPosition(endColumn) && { endLine, endColumn }),
  };
}

/**
 * Tools write 0, NaN or nothing for what they do not know.
 * @param {number | undefined} value
 * @returns {value is number}
 */
function isPosition(value) {
  return Number.isInteger(value) && Number(value) >= 1;
}

/**
 * Text of a tool as people may safely see it: no terminal codes, no invisible characters, no
 * folders of this machine.
 * @param {unknown} text
 * @param {Project} project
 */
function clean(text, project) {
  const plain = String(text)
    .replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, '')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g,
      '',
    )
    .trim();
  return project.withoutFolders(plain);
}

/**
 * @param {string} text
 * @param {string} what
 * @returns {any}
 */
function parsed(text, what) {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = text.trim() === '' ? 'it is empty' : messageOf(error);
    throw new Error(`is not ${what}: ${why}`, { cause: error });
  }
}

/**
 * @param {unknown} value
 * @param {string} what
 * @returns {any[]}
 */
function listed(value, what) {
  if (!Array.isArray(value)) {
    throw new Error(`does not hold ${what}`);
  }
  return value;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {string} text */
function quoted(text) {
  const line = text.trim().split('\n')[0] ?? '';
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 119)}…` : line);
}

/**
 * @param {number} n
 * @param {string} noun
 */
function counted(n, noun) {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
