import type { LogLine } from '../logLines.ts';
import {
  cargoAdd,
  cargoInstall,
  goGet,
  isOwnModuleName,
  npmInstall,
  npmName,
  npmTypes,
} from '../packages.ts';
import { isShownAsOwn } from '../places.ts';
import type { LogRule, Seen } from '../rule.ts';
import { MISSING_PYTHON_RULES } from './missingPython.ts';

// Something outside the work is not there: a package, a program, a library of the system. What is missing and belongs
// to the work itself (`./words.js`, a module of the own package) is somebody's mistake, and no rule here holds for it.

const kind = 'missing_dependency';

const NODES_OWN: ReadonlySet<string> = new Set(
  'assert buffer child_process crypto events fs http https net os path process stream url util zlib'.split(
    ' ',
  ),
);

const nodeRules: readonly LogRule[] = [
  {
    name: 'node-module',
    kind,
    pattern:
      /\bCannot find (?:module|package) ['"]([^'"]{1,214})['"](?! or its corresponding| ?\. Did you mean)/,
    holds: isForeignPackage,
    says: 'A package of npm is not installed',
    autoFix: ({ group }) => npmInstall(group),
  },
  {
    name: 'bundler-module',
    kind,
    pattern:
      /(?:Can't resolve|Failed to resolve import|Could not resolve(?: import)?|Unable to resolve path to module|Rollup failed to resolve import) ['"]([^'"]{1,214})['"]/,
    holds: isForeignPackage,
    says: 'A package of npm is not installed',
    autoFix: ({ group }) => npmInstall(group),
  },
  {
    name: 'tsc-module',
    kind,
    pattern: /\berror TS(?:2307|2792): Cannot find module '([^']{1,214})'/,
    holds: ({ group }) => isNodesOwn(group) || npmName(group) !== undefined,
    says: 'A package of npm is not installed',
    autoFix: ({ group }) => (isNodesOwn(group) ? npmTypes('node') : npmInstall(group)),
  },
  {
    name: 'tsc-types-of-module',
    kind,
    pattern: /\berror TS7016: Could not find a declaration file for module '([^']{1,214})'/,
    holds: isForeignPackage,
    says: 'The types of a package of npm are not installed',
    autoFix: ({ group }) => npmTypes(group),
  },
  {
    name: 'tsc-types',
    kind,
    pattern: /\berror TS2688: Cannot find type definition file for '([^']{1,214})'/,
    says: 'The types of a package of npm are not installed',
    autoFix: ({ group }) => npmTypes(group),
  },
  {
    name: 'tsc-types-hint',
    kind,
    pattern: /\berror TS\d+: Cannot find name .{1,200}npm i --save-dev (@types\/[\w.-]+)/,
    says: 'The types of a package of npm are not installed',
    autoFix: ({ group }) => npmTypes(group),
  },
  {
    name: 'package-has-no-such-path',
    kind,
    pattern: /Package subpath '[^']+' is not defined by "exports"/,
    says: 'The installed version of a package does not have what is imported from it',
  },
  {
    name: 'npm-cannot-install',
    kind,
    pattern:
      /^npm (?:error|ERR!) (?:code (?:E404|ETARGET|ERESOLVE|ENOVERSIONS|EBADENGINE|EUSAGE|ENOTCACHED|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED)$|could not determine executable to run|npx canceled due to missing packages)/,
    says: 'npm cannot install what the work needs',
  },
  {
    name: 'mocha-reporter',
    kind,
    pattern: /\bCould not load (?:reporter|interface) "([^"]{1,214})"/,
    holds: isForeignPackage,
    says: 'A package of npm is not installed',
    autoFix: ({ group }) => npmInstall(group),
  },
  {
    name: 'node-program',
    kind,
    pattern: /\bspawn(?:Sync)? ([^\s/\\]{1,100}) ENOENT\b/,
    says: 'A program is not installed',
  },
];

const goRules: readonly LogRule[] = [
  {
    name: 'go-package',
    kind,
    pattern:
      /\b(?:no required module provides package|cannot find module providing package|missing go\.sum entry for module providing package) ([^\s:;"]+)/,
    holds: isForeignGoPackage,
    says: 'A Go module is not required, or not downloaded',
    autoFix: ({ group }) => goGet(group),
  },
  {
    name: 'go-package-of-path',
    kind,
    pattern: /\bcannot find package "([^"\s]+)"(?: in(?: any of)?:|$)/,
    holds: isForeignGoPackage,
    says: 'A Go package is not there',
    autoFix: ({ group }) => goGet(group),
  },
  {
    name: 'go-standard-package',
    kind,
    pattern: /\bpackage ([a-z][\w/-]*) is not in (?:GOROOT|std)\b/,
    holds: isForeignGoPackage,
    says: 'This Go does not have a package',
  },
  {
    name: 'go-too-old',
    kind,
    pattern:
      /^go: .{0,200}(?:requires go >= ?[\d.]+|toolchain not available|unknown revision|: 404 Not Found|: module lookup disabled)/,
    says: 'Go cannot get what the work needs',
  },
  {
    name: 'go-program',
    kind,
    pattern: /\bexec: "([^"/]{1,100})": executable file not found in /,
    says: 'A program is not installed',
  },
];

const rustRules: readonly LogRule[] = [
  {
    name: 'cargo-unlinked-crate',
    kind,
    pattern: /\bif you wanted to use a crate named `(\w+)`/,
    holds: isForeignCrate,
    says: 'A crate is not among the dependencies',
    autoFix: ({ group }) => cargoAdd(group),
  },
  {
    name: 'cargo-unknown-crate',
    kind,
    pattern:
      /\b(?:use of undeclared crate or module|use of unresolved module or unlinked crate|can't find crate for|maybe a missing crate) `([a-z]\w*)`/,
    holds: isForeignCrate,
    says: 'A crate is not among the dependencies',
    autoFix: ({ group }) => cargoAdd(group),
  },
  {
    name: 'cargo-cannot-resolve',
    kind,
    pattern:
      /^error: (?:no matching package (?:named )?`?|failed to select a version for|failed to get `|failed to download|package `[^`]{1,100}` cannot be built because it requires rustc|rustc [\d.]+ is not supported by)/,
    says: 'Cargo cannot get what the work needs',
  },
  {
    name: 'cargo-command',
    kind,
    pattern: /^error: no such (?:sub)?command: `([\w-]+)`/,
    says: 'A command of cargo is not installed',
    autoFix: ({ group }) => cargoInstall(group),
  },
  {
    name: 'rustup-component',
    kind,
    pattern:
      /^error: (?:'[\w.-]+' is not installed for the toolchain|toolchain '[^']+' is not installed)/,
    says: 'A part of the Rust toolchain is not installed',
  },
  {
    name: 'cargo-system-library',
    kind,
    pattern:
      /^(?:Could not find directory of OpenSSL installation|The system library `[^`]+` required by crate|error: linker `[^`]+` not found|Could not find `protoc`|.{0,200}Unable to find libclang|.{0,200}is `[\w+-]+` (?:not )?installed\?)/,
    says: 'A library or program that a crate is built with is not installed',
  },
];

const systemRules: readonly LogRule[] = [
  {
    name: 'shell-command',
    kind,
    pattern:
      /^(?:\S{1,200}: )?(?:line \d+: |\d+: )?([^\s:]{1,100}): command not found$|^(?:\S{0,100}\/)?(?:ba|da|a|k|z)?sh: (?:line \d+: |\d+: )?(\S{1,100}): not found$|^\S{1,200}: \d+: (\S{1,100}): not found$|^(?:\S{1,200}:)?\d*:? ?command not found: (\S{1,100})$/,
    says: 'A program is not installed',
  },
  {
    name: 'windows-command',
    kind,
    pattern:
      /^'?"?([^'"]{1,100})'?"? is not recognized as (?:an internal or external command|the name of a cmdlet|a name of a cmdlet)/,
    says: 'A program is not installed',
  },
  {
    name: 'env-or-make',
    kind,
    pattern:
      /^(?:\S{0,50}env: ['‘"]?([\w.+-]+)['’"]?: No such file or directory|make(?:\[\d+\])?: (?:execvp: )?([\w.+-]+): (?:No such file or directory|Command not found))$/,
    says: 'A program is not installed',
  },
  {
    name: 'sluice-command',
    kind,
    pattern: /^The command "([^"]{1,200})" was not found\b/,
    says: 'A program is not installed',
  },
  {
    name: 'shared-library',
    kind,
    pattern:
      /\b(lib[\w.+-]+\.so[\d.]*): cannot open shared object file|^dyld.{0,50}: Library not loaded: |DLL load failed while importing/,
    says: 'A library of the system is not installed',
  },
  {
    name: 'linked-library',
    kind,
    pattern:
      /\bcannot find -l([\w.+-]+)|\blibrary (?:'[^']+' )?not found for -l|ld: library '[^']+' not found/,
    says: 'A library of the system is not installed',
  },
  {
    name: 'pkg-config',
    kind,
    pattern:
      /^(?:No package '[^']+' found|Package '?[\w.+-]+'?,? (?:required by .{1,100}, )?(?:was )?not found|.{0,100}Could NOT find \w+|.{0,20}Could not find a package configuration file provided by)/,
    says: 'A library of the system is not installed',
  },
  {
    name: 'c-header',
    kind,
    pattern:
      /: fatal error: '?([\w./+-]+\.h(?:pp)?)'?(?:: No such file or directory| file not found)$/,
    // `"own.h"` is a file of the work; the compiler shows the line below.
    holds: ({ lines, at }) =>
      !lines.slice(at + 1, at + 3).some(({ text }) => /#\s*include\s*"/.test(text)),
    says: 'A header of a library is not installed',
  },
  {
    name: 'other-package-managers',
    kind,
    pattern:
      /cannot load such file -- (?![./])|^Could not find gem |Bundler::GemNotFound|error NU1101: |Could not (?:find artifact|resolve dependencies for project) |^.{1,200}error: package [\w.]+ does not exist$|error: no such module '|is not installed\. Please install it|ESLint couldn't find the plugin /,
    says: 'A package is not installed',
  },
];

export const MISSING_RULES: readonly LogRule[] = [
  ...MISSING_PYTHON_RULES,
  ...nodeRules,
  ...goRules,
  ...rustRules,
  ...systemRules,
];

function isForeignPackage({ group }: Seen): boolean {
  return npmName(group) !== undefined;
}

function isNodesOwn(specifier: string): boolean {
  return specifier.startsWith('node:') || NODES_OWN.has(specifier);
}

/** Newer compilers take the module somebody forgot to write for a crate, and name the file it would be in. */
function isForeignCrate({ lines, at, group }: Seen): boolean {
  const isOffered = lines
    .slice(at, at + 6)
    .some(({ text }) => text.startsWith('help: to make use of source file'));
  return !isOffered && group !== 'crate' && !isOwnModuleName(group) && !isShownAsOwn(lines, group);
}

/** Modules that the log shows as built here: `ok  	example.com/shop/cart`, `# example.com/shop`. */
const BUILT_HERE =
  /^(?:#|ok|FAIL|\?)\s+([^\s[]+)|\(imported by ([^\s)]+)\)|\bmain module \(([^\s)]+)\)/;

function isForeignGoPackage({ lines, group }: Seen): boolean {
  let built = builtModules.get(lines);
  if (built === undefined) {
    built = new Set(
      lines.flatMap(({ text }) => {
        const match = BUILT_HERE.exec(text);
        const name = match?.[1] ?? match?.[2] ?? match?.[3];
        return name === undefined ? [] : [moduleOf(name)];
      }),
    );
    builtModules.set(lines, built);
  }
  return !built.has(moduleOf(group));
}

/** Found once for a log, however many of its lines ask. */
const builtModules = new WeakMap<readonly LogLine[], ReadonlySet<string>>();

/** `github.com/a/b/c` is of `github.com/a/b`, `example.com/shop/cart` of `example.com/shop`. */
function moduleOf(path: string): string {
  const parts = path.split('/');
  return parts.slice(0, HOSTS.has(parts[0] ?? '') ? 3 : 2).join('/');
}

const HOSTS: ReadonlySet<string> = new Set([
  'github.com',
  'gitlab.com',
  'bitbucket.org',
  'golang.org',
]);
