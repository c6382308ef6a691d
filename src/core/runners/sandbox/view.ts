import fs from 'node:fs/promises';
import path from 'node:path';

/** One thing of the machine that a sandbox shows, unchangeable, at the same place. */
export type Shown =
  | { readonly kind: 'path'; readonly path: string }
  /** A link of the system's own layout, such as `/bin`. */
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Where systems keep programs and their libraries. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const STORES = [
  '/nix/store',
  '/gnu/store',
  '/run/current-system',
  '/snap',
  '/home/linuxbrew/.linuxbrew',
];

/**
 * What programs read in `/etc`; the rest of it holds passwords, keys and addresses. Whole names, or beginnings where
 * they end in `*`.
 */
const SETTINGS = [
  'alternatives',
  'alpine-release',
  'bash.bashrc',
  'ca-certificates',
  'ca-certificates.conf',
  'debian_version',
  'fonts',
  'group',
  'host.conf',
  'hosts',
  'inputrc',
  'java*',
  'ld.so.*',
  'ld-musl*',
  'locale*',
  'localtime',
  'magic',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'passwd',
  'perl',
  'pki/ca-trust/extracted',
  'pki/tls/certs',
  'profile',
  'protocols',
  'python3*',
  'services',
  'shells',
  'ssl/cert.pem',
  'ssl/certs',
  'ssl/openssl.cnf',
  'static',
  'terminfo',
  'timezone',
];

/** Folders of version managers: a program in one of them needs these of it. Relative to the folder it is in. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  '.asdf': ['bin', 'lib', 'libexec', 'installs', 'shims', 'asdf.sh', 'plugins'],
  '.bun': ['bin'],
  '.cargo': ['bin', 'registry', 'git', '../.rustup/toolchains', '../.rustup/settings.toml'],
  '.deno': ['bin'],
  '.dotnet': ['.'],
  '.fnm': ['.'],
  '.goenv': ['.'],
  '.jenv': ['.'],
  '.nodenv': ['.'],
  '.nvm': ['versions', 'alias'],
  '.pyenv': ['.'],
  '.rbenv': ['.'],
  '.sdkman': ['candidates'],
  '.volta': ['bin', 'tools'],
};

/** Folders beside a `bin` that its programs need. */
const BESIDE_BIN = ['lib', 'lib64', 'libexec', 'share', 'include'];
/** These make a folder a toolchain that is needed whole: Go's, and Java's. */
const TOOLCHAIN_FILES = ['VERSION', 'release'];

export interface ViewPlace {
  /** The user's home folder by each of its names, absolute; nothing else of it is shown. */
  readonly homes: readonly string[];
  /** As the command's `PATH`, absolute entries only. */
  readonly searchPath: readonly string[];
  /** Absolute files the sandbox cannot do without. */
  readonly programs: readonly string[];
  /** Absolute folders outside that the copy links to. */
  readonly linked: readonly string[];
}

/** What a sandbox on Linux shows beside its own folders, in the order in which it is to be shown. */
export async function viewOf(place: ViewPlace): Promise<readonly Shown[]> {
  const shown: Shown[] = [];
  for (const folder of SYSTEM) {
    const target = await fs.readlink(folder).catch(() => undefined);
    if (target !== undefined) {
      shown.push({ kind: 'link', path: folder, target });
    } else if (await isThere(folder)) {
      shown.push({ kind: 'path', path: folder });
    }
  }
  const wanted = [...STORES, ...(await settings())];
  for (const folder of place.searchPath) {
    wanted.push(...(await neededBy(folder, place.homes)));
  }
  for (const program of place.programs) {
    wanted.push(program, ...(await realPath(program)));
  }
  wanted.push(...place.linked);
  for (const at of new Set(wanted.map((one) => path.normalize(one)))) {
    if (!isCovered(at, shown) && (await isThere(at))) {
      shown.push({ kind: 'path', path: at });
    }
  }
  return shown;
}

/** A folder that holds the home folder, or is it, would show all there is. */
export function isTooMuch(folder: string, homes: readonly string[]): boolean {
  return (
    folder === path.parse(folder).root ||
    ['/home', '/Users', '/tmp', '/var', '/etc', '/proc', '/sys', '/dev', '/run'].includes(folder) ||
    homes.some((home) => isWithin(home, folder))
  );
}

/** @param outer absolute, as `inner` */
export function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}

/** What programs in a folder of the search path need to run; such a folder may also be a link to another. */
export async function neededBy(folder: string, homes: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const at of new Set([path.normalize(folder), ...(await realPath(folder))])) {
    const tool = toolOf(at);
    if (tool !== undefined) {
      found.push(...tool);
    } else if (!isTooMuch(at, homes)) {
      found.push(at, ...(await besides(at, homes)));
    }
  }
  return found.filter((at) => !isTooMuch(at, homes));
}

async function besides(folder: string, homes: readonly string[]): Promise<string[]> {
  const parent = path.dirname(folder);
  if (path.basename(folder) !== 'bin' || isTooMuch(parent, homes)) {
    return [];
  }
  const marks = await Promise.all(TOOLCHAIN_FILES.map((name) => isThere(path.join(parent, name))));
  if (marks.includes(true)) {
    return [parent];
  }
  // `share` of a home folder's own `.local` holds key rings.
  const names =
    path.basename(parent) === '.local' ? BESIDE_BIN.filter((name) => name !== 'share') : BESIDE_BIN;
  return names.map((name) => path.join(parent, name));
}

function toolOf(folder: string): string[] | undefined {
  const parts = folder.split('/');
  const index = parts.findIndex((part) => Object.hasOwn(TOOLS, part));
  if (index < 0) {
    return undefined;
  }
  const root = parts.slice(0, index + 1).join('/');
  return (TOOLS[parts[index] ?? ''] ?? []).map((name) => path.join(root, name));
}

async function settings(): Promise<string[]> {
  const names = await fs.readdir('/etc').catch(() => []);
  return SETTINGS.flatMap((wanted) =>
    wanted.endsWith('*') ? names.filter((name) => name.startsWith(wanted.slice(0, -1))) : [wanted],
  ).map((name) => `/etc/${name}`);
}

function isCovered(at: string, shown: readonly Shown[]): boolean {
  return shown.some((one) => isWithin(at, one.path));
}

async function realPath(at: string): Promise<string[]> {
  try {
    return [await fs.realpath(at)];
  } catch {
    return [];
  }
}

async function isThere(at: string): Promise<boolean> {
  return await fs.stat(at).then(
    () => true,
    () => false,
  );
}
