/** Ends a `switch` over a union: the compiler refuses the call while a variant is unhandled. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected value ${JSON.stringify(value)}`);
}
