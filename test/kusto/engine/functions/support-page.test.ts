import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { supportPage, supportText } from '../../../../scripts/kql-support.ts';

test('docs/kql-support.md says what the compiler’s tables say (run scripts/kql-support.ts to renew it)', () => {
  expect(readFileSync(supportPage, 'utf8')).toBe(supportText());
});
