import { criteriaDefaults, readCriteria, readPatterns } from '../../wait/criteria.ts';
import { formatDuration, parseDuration } from '../../wait/duration.ts';
import { matchesGlob, passesFilter } from '../../wait/glob.ts';

describe('durations', () => {
  it.each([
    ['1s', 1_000],
    ['45m', 2_700_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['1h 30m 10s', 5_410_000],
    ['2 H', 7_200_000],
    ['1d', 86_400_000],
    ['250ms', 250],
    ['1m250ms', 60_250],
    ['0', 0],
    [' 90s ', 90_000],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', ' ', '5', '-5m', '1.5h', 'm', '5 parsecs', '30m1h', '1h1h', '5m!', '99999999999999999999d'])(
    'does not guess what "%s" could mean',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('are written in their two largest units', () => {
    expect(formatDuration(0)).toBe('0s');
    expect(formatDuration(61_000)).toBe('1m 1s');
    expect(formatDuration(2 * 86_400_000 + 3 * 3_600_000 + 5_000)).toBe('2d 3h');
    expect(formatDuration(-5)).toBe('0s');
  });
});

describe('patterns', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['expressv2', 'ExpressV2', true],
    ['*/containerapps=*', '6c7f/ContainerApps=1.2.1450.0', true],
    ['*=1.?.*', 'a/b=1.2.3', true],
    ['*=1.?', 'a/b=1.2.3', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b', false],
    ['', '', true],
    ['', 'a', false],
    ['a[1].+', 'a[1].+', true],
    ['?', '😀', true],
  ])('%s on "%s" gives %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  it('stay quick on a pattern that would stall a regular expression', () => {
    expect(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(5_000))).toBe(false);
  });

  it('exclude what follows an exclamation mark', () => {
    expect(passesFilter(['*prod*', '!*canary*'], 'eastus-prod')).toBe(true);
    expect(passesFilter(['*prod*', '!*canary*'], 'prod-canary')).toBe(false);
    expect(passesFilter(['!*canary*'], 'eastus')).toBe(true);
    expect(passesFilter([], 'eastus')).toBe(true);
  });

  it('are separated by commas and lines', () => {
    expect(readPatterns(' a , b\n\nc,,\r\nd ')).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('criteria', () => {
  it('take their defaults where a field is absent or blank', () => {
    expect(readCriteria({ timeout: '  ' })).toEqual(readCriteria({}));
    expect(readCriteria({}).criteria).toMatchObject({
      waitFor: 'completed',
      require: 'all',
      minimumDeployments: 1,
      minimumEntities: 1,
      settleMs: 120_000,
      appearTimeoutMs: 1_800_000,
      timeoutMs: 21_600_000,
      pollIntervalMs: 30_000,
      onFailure: 'fail',
      failOnFailedEntity: false,
      failureGraceMs: 0,
      onTimeout: 'fail',
    });
  });

  it('report every mistake at once, each with its field and what would be right', () => {
    const { mistakes } = readCriteria({
      waitFor: 'finished',
      require: 'some',
      payloads: '!',
      sources: 'x'.repeat(501),
      deployments: Array.from({ length: 101 }, (_, index) => `d${index}`).join(),
      minimumDeployments: '0',
      minimumEntities: 'some',
      settle: 'a while',
      appearTimeout: '5',
      timeout: '31d',
      pollInterval: '0s',
      onFailure: 'ignore',
      failOnFailedEntity: 'yes',
      failureGrace: 'soon',
      onTimeout: 'pass',
    });
    expect(mistakes?.map(({ field }) => field).sort()).toEqual(Object.keys(criteriaDefaults).sort());
    expect(mistakes).toContainEqual({
      field: 'waitFor',
      message: 'must be one of completed, started, final, not "finished"',
    });
    expect(mistakes).toContainEqual({
      field: 'settle',
      message: 'must be a duration such as 90s, 45m or 1h30m, not "a while"',
    });
  });

  it('refuse a settle time that no wait could outlast', () => {
    expect(readCriteria({ settle: '10m', timeout: '10m' }).mistakes).toEqual([
      { field: 'settle', message: 'must be shorter than timeout (10m), or the wait could never succeed' },
    ]);
  });

  it.each([
    [{ onFailure: 'wait' }, 'onFailure is wait'],
    [{ onFailure: 'warn' }, 'onFailure is warn'],
    [{ waitFor: 'final' }, 'waitFor is final'],
  ])('refuse to fail on a failed entity where no failure fails the wait: %j', (texts, reason) => {
    expect(readCriteria({ ...texts, failOnFailedEntity: 'TRUE' }).mistakes).toEqual([
      {
        field: 'failOnFailedEntity',
        message: `must be false if ${reason}: then no failure fails the wait`,
      },
    ]);
  });

  it('name the default of a field that was not given', () => {
    expect(readCriteria({ timeout: '1m' }).mistakes).toEqual([
      { field: 'timeout', message: 'must be longer than settle, which is 2m by default; set settle as well' },
    ]);
    expect(readCriteria({ settle: '7h' }).mistakes).toEqual([
      {
        field: 'settle',
        message: 'must be shorter than timeout, which is 6h by default, or the wait could never succeed',
      },
    ]);
  });

  it.each([
    ['Ev2, AzDeployer\nPilotfish', ['expressv2', 'azdeployer', 'pilotfish']],
    ['EXPRESSV2,azure pipelines,Azure-Pipelines', ['expressv2', 'azurepipelines', 'azurepipelines']],
    ['!ev2, *deploy*', ['!expressv2', '*deploy*']],
  ])('take the names of orchestrators that people see: %j', (sources, expected) => {
    expect(readCriteria({ sources }).criteria?.sources).toEqual(expected);
  });

  it.each(['ev3', '!ev3', 'Ev2, jenkins'])('refuse orchestrators that there are not: %s', (sources) => {
    const [mistake] = readCriteria({ sources }).mistakes ?? [];
    expect(mistake?.field).toBe('sources');
    expect(mistake?.message).toMatch(
      /^must be among Ev2, AzDeployer, Pilotfish, Azure Pipelines, or patterns with \* or \?, not "(ev3|jenkins)"$/,
    );
  });
});
