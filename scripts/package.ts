/**
 * `npm run package`: packages both variants of the extension into dist/packages, from the output of `npm run build`.
 * `-- --service https://…` fixes the Deployments service that the pages ask and send their tokens to.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pack } from './package/pack.ts';
import { readPackedService } from './package/packed-service.ts';
import { stage } from './package/stage.ts';
import { variants } from './package/variants.ts';

const target = 'dist/packages';

try {
  const { values } = parseArgs({ options: { service: { type: 'string' } } });
  const service = readPackedService(values.service);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const variant of variants) {
    const folder = `dist/staging/${variant}`;
    const manifest = stage(variant, folder, service);
    const file = `${target}/${manifest.publisher}.${manifest.id}-${manifest.version}.vsix`;
    pack(folder, file);
    console.log(`${file}  ${Math.ceil(statSync(file).size / 1024)} KB`);
  }
  console.log(
    service
      ? `Packed for ${service}.`
      : 'Packed without a service: users confirm the address in the settings, and no token is sent to it.',
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
