// Nominal types: a value may carry a brand only after a constructor or parser has looked at it.

declare const brand: unique symbol;

export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
