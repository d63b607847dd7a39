import fc from 'fast-check';
import { deploymentSources } from '../../../api/contract.ts';
import { freshSecondsOf } from '../../../backend/cache/freshness.ts';
import { build2Deployment } from '../../../backend/lookups/build-to-deployments.ts';
import { deployment2Build } from '../../../backend/lookups/deployment-to-builds.ts';
import type { LookupResult } from '../../../backend/lookups/lookup.ts';
import { payload2Build } from '../../../backend/lookups/payload-to-builds.ts';
import { guidOf } from '../../../kusto/demo/events.ts';

const config = { freshSeconds: { b2d: 2, d2b: 3600, p2b: 1, introspection: 3 }, growingFreshSeconds: 120 };
const now = Date.parse('2026-03-01T08:00:00Z');
const found = (mayGrowUntil?: string): LookupResult<object> => ({
  kind: 'found',
  body: {},
  ...(mayGrowUntil !== undefined && { mayGrowUntil: new Date(mayGrowUntil) }),
});

describe('an answer is fresh', () => {
  it.each([
    ['as long as its API allows', 'b2d', found(), 2],
    ['for minutes while it may grow', 'd2b', found('2026-03-01T08:00:00.001Z'), 120],
    ['for long once it cannot grow', 'd2b', found('2026-03-01T08:00:00Z'), 3600],
    ['no longer for growing than otherwise', 'p2b', found('2026-03-02T00:00:00Z'), 1],
    ['for seconds where nothing was found', 'd2b', { kind: 'none', reason: '' }, 2],
    ['for seconds where the key is unknown', 'd2b', { kind: 'unknown', message: '' }, 2],
    ['no longer for nothing than for something', 'p2b', { kind: 'unknown', message: '' }, 1],
  ] as const)('%s', (_how, api, result, seconds) => {
    expect(freshSecondsOf(api, result, config, now)).toBe(seconds);
  });
});

describe('the keys of cached answers', () => {
  it('differ wherever the parts differ, whatever characters are in them', () => {
    const part = fc.oneof(fc.constantFrom('a', 'a/b', 'a-b', '', '/', '-', 'a/', '-a'), fc.string());
    const builds = fc.record({
      organization: part,
      project: fc.constantFrom(guidOf('1'), guidOf('2')),
      buildId: fc.integer({ min: 1, max: 20 }),
    });
    const deployments = fc.record({ source: fc.constantFrom(...deploymentSources), id: part });
    fc.assert(
      fc.property(builds, builds, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(build2Deployment.cacheKey(one) === build2Deployment.cacheKey(other)).toBe(isSame);
      }),
    );
    fc.assert(
      fc.property(deployments, deployments, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(deployment2Build.cacheKey(one) === deployment2Build.cacheKey(other)).toBe(isSame);
        const [first, second] = [one, other].map(({ source, id }) =>
          payload2Build.cacheKey({ source, payload: id }),
        );
        expect(first === second).toBe(isSame);
      }),
    );
  });
});
