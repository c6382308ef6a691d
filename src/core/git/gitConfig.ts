/** One setting. Section and name are in lower case, the subsection is as written. */
export interface GitSetting {
  readonly section: string;
  readonly subsection: string | undefined;
  readonly name: string;
  /** `undefined`: only the name stands there, which means true. */
  readonly value: string | undefined;
}

/**
 * Reads a Git configuration file; what it includes is not followed, as Git does not either when it asks
 * what kind of repository it has before it. @throws Error naming the line that Git would refuse
 */
export function parseGitConfig(text: string): GitSetting[] {
  const settings: GitSetting[] = [];
  let section: { readonly section: string; readonly subsection: string | undefined } | undefined;
  const lines = text.replace(/^\ufeff/, '').split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    let line = (lines[index] ?? '').trimStart();
    const first = index + 1;
    const header = SECTION.exec(line);
    if (header !== null) {
      section = sectionOf(header[1] ?? '', header[2]);
      line = line.slice(header[0].length).trimStart();
    }
    if (line === '' || /^[#;\r]/.test(line)) {
      continue;
    }
    while (/(?:^|[^\\])(?:\\\\)*\\\r?$/.test(line) && index + 1 < lines.length) {
      index += 1;
      line = `${line.replace(/\\\r?$/, '')}${lines[index] ?? ''}`;
    }
    const setting = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=(.*)|[#;].*|\r?)$/su.exec(line);
    if (section === undefined || setting === null) {
      throw new Error(`line ${first} of the Git configuration cannot be read`);
    }
    const [, name = '', written] = setting;
    settings.push({
      ...section,
      name: name.toLowerCase(),
      value: written === undefined ? undefined : plainValue(written),
    });
  }
  return settings;
}

/** The last one wins, as in Git. `undefined` also when only the name stands there; see `isTrue`. */
export function lastSetting(
  settings: readonly GitSetting[],
  section: string,
  name: string,
): GitSetting | undefined {
  return settings.findLast(
    (setting) =>
      setting.section === section && setting.subsection === undefined && setting.name === name,
  );
}

export function isTrue(setting: GitSetting | undefined): boolean {
  return (
    setting !== undefined &&
    (setting.value === undefined || /^(?:true|yes|on|[1-9][0-9]*)$/i.test(setting.value))
  );
}

const SECTION = /^\[[ \t]*([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n]|\\.)*)")?[ \t]*\]/;

function sectionOf(written: string, quoted: string | undefined) {
  if (quoted !== undefined) {
    return { section: written.toLowerCase(), subsection: quoted.replace(/\\(.)/g, '$1') };
  }
  // The form of old: [section.subsection]
  const dot = written.indexOf('.');
  return dot < 0
    ? { section: written.toLowerCase(), subsection: undefined }
    : {
        section: written.slice(0, dot).toLowerCase(),
        subsection: written.slice(dot + 1).toLowerCase(),
      };
}

/** Without quotes, escapes, comment and the blanks around. */
function plainValue(written: string): string {
  let value = '';
  /** Length up to the last character that is no blank outside quotes. */
  let kept = 0;
  let quoted = false;
  for (let at = 0; at < written.length; at += 1) {
    const character = written.charAt(at);
    if (character === '"') {
      quoted = !quoted;
      kept = value.length;
    } else if (character === '\\') {
      at += 1;
      value += ESCAPES[written.charAt(at)] ?? written.charAt(at);
      kept = value.length;
    } else if (!quoted && (character === '#' || character === ';')) {
      break;
    } else if (quoted || !/\s/.test(character)) {
      value += character;
      kept = value.length;
    } else if (value !== '') {
      value += character;
    }
  }
  return value.slice(0, kept);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b' };
