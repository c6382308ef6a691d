import fc from 'fast-check';

const SURROGATES = 0x800;

/**
 * Any code point but the surrogates. As the unit 'binary' of fast-check, which keeps a table of all of them: 85 MB in
 * each process, and the more memory a process has, the longer it takes to start others.
 */
const codePoint = fc
  .nat({ max: 0x10_ffff - SURROGATES })
  .map((at) => String.fromCodePoint(at < 0xd800 ? at : at + SURROGATES));

/** Texts of any characters there are; lengths count code points. */
export function anyText(limits: fc.StringConstraints = {}): fc.Arbitrary<string> {
  return fc.string({ ...limits, unit: codePoint });
}
