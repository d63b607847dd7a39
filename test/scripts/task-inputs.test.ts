/** The page with all inputs of the tasks. */
import { readFileSync } from 'node:fs';
import { inputsPage, inputsText } from '../../scripts/task-inputs.ts';
import { manifests } from '../support/tasks/manifests.ts';

test('docs/task-inputs.md says what the manifests say (run scripts/task-inputs.ts to renew it)', () => {
  expect(readFileSync(inputsPage, 'utf8')).toBe(inputsText());
});

test('it has a row for every input of both tasks, with its default', () => {
  expect(manifests).toHaveLength(2);
  for (const { name, inputs } of manifests) {
    const [, section = ''] = inputsText().split(`## ${name}@1\n`);
    const rows = section.split('\n## ')[0] ?? '';
    for (const input of inputs) {
      const row = rows.split('\n').find((line) => line.startsWith(`| \`${input.name}\` |`));
      expect(row).toContain(input.helpMarkDown);
      if (input.defaultValue) expect(row).toContain(`| \`${input.defaultValue}\``);
    }
  }
});
