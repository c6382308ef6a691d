// A name that a log gives is written by whoever made the program print it: it becomes part of a command only as the
// plain name of a package, which cannot be an option, a path, an address or anything a shell reads.

export interface AutoFix {
  /** The name of what is missing. */
  readonly missing: string;
  /** What would bring it. */
  readonly command: string;
}

const PYPI = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;
const NPM = /^(?:@[a-z0-9][a-z0-9._-]{0,99}\/)?[a-z0-9][a-z0-9._-]{0,112}$/;
const CRATE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/** A module's path begins with the name of a host. */
const GO =
  /^[a-z0-9][a-z0-9-]{0,60}(?:\.[a-z0-9][a-z0-9-]{0,60}){1,4}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){1,8}$/;

/** Modules whose package has another name. */
const PYPI_NAMES: Readonly<Record<string, string>> = {
  Crypto: 'pycryptodome',
  MySQLdb: 'mysqlclient',
  OpenSSL: 'pyOpenSSL',
  PIL: 'Pillow',
  attr: 'attrs',
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python',
  dateutil: 'python-dateutil',
  dns: 'dnspython',
  docx: 'python-docx',
  dotenv: 'python-dotenv',
  fitz: 'PyMuPDF',
  git: 'GitPython',
  jose: 'python-jose',
  jwt: 'PyJWT',
  magic: 'python-magic',
  multipart: 'python-multipart',
  pkg_resources: 'setuptools',
  serial: 'pyserial',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  yaml: 'PyYAML',
  zmq: 'pyzmq',
};

/** Names a project gives its own folders: a package by such a name is somebody else's, and never what was meant. */
const OWN_NAMES: ReadonlySet<string> = new Set(
  'app api cli client common conf config conftest core db helpers lib main models server settings src test tests utils'.split(
    ' ',
  ),
);
/** Come with Python, or are left out when it is built: nothing on PyPI is the cure. */
const PYTHONS_OWN: ReadonlySet<string> = new Set(
  'asyncore asynchat cgi distutils imp tkinter tomllib sqlite3 ssl lzma bz2 ctypes readline curses'.split(
    ' ',
  ),
);

export function isOwnModuleName(name: string): boolean {
  return OWN_NAMES.has(name);
}

export function isKnownModule(name: string): boolean {
  return Object.hasOwn(PYPI_NAMES, name);
}

/** @param name of a module as it is imported */
export function pipInstall(name: string): AutoFix | undefined {
  const [top = ''] = name.split('.');
  if (PYTHONS_OWN.has(top) || top.startsWith('_')) {
    return undefined;
  }
  return pipPackage(Object.hasOwn(PYPI_NAMES, top) ? (PYPI_NAMES[top] ?? top) : top);
}

export function pipPackage(name: string): AutoFix | undefined {
  return fix(PYPI, name, 'pip install');
}

/** @param specifier as it is imported: `lodash/fp`, `@acme/a/b` */
export function npmInstall(specifier: string): AutoFix | undefined {
  const name = npmName(specifier);
  return name === undefined ? undefined : fix(NPM, name, 'npm install');
}

/** @param name of a package without types of its own, or of `@types/` itself */
export function npmTypes(name: string): AutoFix | undefined {
  const types = name.startsWith('@types/')
    ? name
    : `@types/${(npmName(name) ?? '').replace(/^@([^/]+)\//, '$1__')}`;
  return fix(NPM, types, 'npm install --save-dev');
}

export function goGet(path: string): AutoFix | undefined {
  return fix(GO, path, 'go get');
}

export function cargoAdd(name: string): AutoFix | undefined {
  return fix(CRATE, name, 'cargo add');
}

/** @param name as cargo is asked for it: `nextest` is the program `cargo-nextest` */
export function cargoInstall(name: string): AutoFix | undefined {
  return fix(CRATE, `cargo-${name}`, 'cargo install');
}

function fix(shape: RegExp, name: string, command: string): AutoFix | undefined {
  return shape.test(name) && !name.includes('..')
    ? { missing: name, command: `${command} ${name}` }
    : undefined;
}

/** The package an import is of; `undefined`: it is a file, or what the project itself maps to one. */
export function npmName(specifier: string): string | undefined {
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
  return NPM.test(name) && !(parts.length > 1 && OWN_NAMES.has(name)) ? name : undefined;
}
