/**
 * For bundles of the product's modules: what a module reads or starts beside itself lies beside its source's place in the
 * package, not beside the bundle.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** What Node's own modules are asked for with in bundled CommonJS. */
export const requireBanner =
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);";

/** @param extension of the files at the sources' places, if there are any */
export function sourcePlaces(extension: '.ts' | '.js'): Plugin {
  return {
    name: 'source-places',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const source = path.relative('', file);
        if (source.startsWith('node_modules')) return undefined;
        const place = `new URL(${JSON.stringify(`../${source.replace(/\.ts$/, extension)}`)}, import.meta.url).href`;
        return { contents: readFileSync(file, 'utf8').replaceAll('import.meta.url', place), loader: 'ts' };
      });
    },
  };
}
