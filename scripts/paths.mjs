import path from 'node:path';

/** The repository. */
export const root = path.resolve(import.meta.dirname, '..');

/** Git-ignored: the installed VS Code, the dependencies of the examples, and the folders `npm start` opens. */
export const hostFolder = path.join(root, '.host');
