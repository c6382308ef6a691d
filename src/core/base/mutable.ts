/** The same members, to be written by whoever owns the object. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
