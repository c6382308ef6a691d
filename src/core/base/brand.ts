declare const brand: unique symbol;

/** A `T` that only its own minting function makes, so that one kind of id is never taken for another. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
