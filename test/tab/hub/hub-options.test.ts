import fc from 'fast-check';
import { deploymentStates } from '../../../api/states.ts';
import {
  changeFields,
  defaultOptions,
  fromAddress,
  groupings,
  type HubOptions,
  pivots,
  toAddress,
} from '../../../tab/hub/hub-options.ts';

const name = fc.string({ minLength: 1, maxLength: 30 });
const text = fc.string({ maxLength: 30 }).map((any) => any.trim());
const day = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const options: fc.Arbitrary<HubOptions> = fc.record({
  pivot: fc.constantFrom(...pivots),
  at: day.map((date) => `${date}T10:00:00.000Z`),
  text,
  states: fc.uniqueArray(fc.constantFrom(...deploymentStates)),
  grouping: fc.constantFrom(...groupings),
  columns: fc.array(name, { maxLength: 5 }),
  hidden: fc.array(name, { maxLength: 5 }),
  cell: fc.option(fc.record({ service: name, environment: name }), { nil: undefined }),
  service: fc.string(),
  environment: fc.string(),
  changeStates: fc.uniqueArray(fc.constantFrom(...deploymentStates)),
  field: fc.constantFrom(...changeFields),
  find: text,
  from: day,
  to: day,
  measure: fc.string(),
  commit: fc.string(),
  left: fc.string(),
  right: fc.string(),
  onlyDifferences: fc.boolean(),
});

describe('the address of the hub', () => {
  it('holds nothing of the defaults, and every name so that old values go away', () => {
    expect(new Set(Object.values(toAddress(defaultOptions)))).toEqual(new Set(['']));
    expect(Object.keys(toAddress(defaultOptions)).length).toBe(Object.keys(defaultOptions).length);
  });

  it('gives back whatever was chosen, commas and backslashes in names included', () => {
    fc.assert(
      fc.property(options, (chosen) => {
        expect(fromAddress(toAddress(chosen))).toEqual(chosen);
      }),
    );
  });

  it('takes any text of anybody for something it can show', () => {
    const names = Object.keys(toAddress(defaultOptions));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.string()), (parameters) => {
        const read = fromAddress(parameters);
        expect(pivots).toContain(read.pivot);
        expect(fromAddress(toAddress(read))).toEqual(fromAddress(toAddress(fromAddress(toAddress(read)))));
      }),
    );
    expect(
      fromAddress({ at: 'yesterday', pivot: 'constructor', from: '2024-99-99', states: 'failed,x' }),
    ).toEqual({ ...defaultOptions, states: ['failed'] });
  });
});
