// `createMac` of node:crypto, which Node 26 has and its type package does not name yet.

export {};

declare module 'node:crypto' {
  function createMac(algorithm: 'cmac', key: Uint8Array, options: { readonly cipher: 'aes-128-cbc' }): {
    readonly update: (data: Uint8Array) => void;
    readonly final: () => Uint8Array;
  };
}
