// `createMac` of node:crypto, which Node 26 has and its type package does not name yet.

export type CmacOptions = { readonly cipher: 'aes-128-cbc' };

declare module 'node:crypto' {
  function createMac(algorithm: 'cmac', key: Uint8Array, options: CmacOptions): {
    readonly update: (data: Uint8Array) => void;
    readonly final: () => Uint8Array;
  };
}
