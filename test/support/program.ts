/** Programs of this repository, those of the tests among them, as processes of their own. */
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/**
 * What Node is given to start a program: as it ships where `npm test` has just built it, which is also much
 * quicker, else its source.
 *
 * @param source its entry, such as `cli/kusto.ts`
 */
export function programArguments(source: string): string[] {
  if (process.env.TEST_PROGRAMS !== 'built') return ['--import', 'tsx', fileURLToPath(new URL(source, root))];
  return [fileURLToPath(new URL(`dist/${source.replace(/\.ts$/, '.js')}`, root))];
}
