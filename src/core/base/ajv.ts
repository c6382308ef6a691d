// Loaded by `import()` where a schema is looked at: the checker is a big one. Named here, since of a package in
// CommonJS the bundler gives whoever imports it so no names.
export { Ajv } from 'ajv';
export { Ajv2020 } from 'ajv/dist/2020.js';
