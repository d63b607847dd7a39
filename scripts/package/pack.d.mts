/** See pack.mjs. */
export function pack(folder: string, file: string): void;
