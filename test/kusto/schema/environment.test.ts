import { loadEnvironment, render, validateEnvironment } from '../../../kusto/schema/environment.ts';
import { loadDefinitions } from '../../../kusto/schema/load.ts';

function bodyOf(name: string, environment: Parameters<typeof render>[1]): string {
  const definition = render(loadDefinitions(), environment).find(
    (one) => one.kind === 'function' && one.name === name,
  );
  return definition?.kind === 'function' ? definition.body.trim() : '';
}

const remote = { cluster: 'help.kusto.windows.net', database: 'Samples' };

test('a source that an environment does not mention is a local table', () => {
  expect(bodyOf('ChangeEventSource', loadEnvironment('local'))).toBe('ChangeEvent');
});

test('a source is pointed at its cluster and database', () => {
  const environment = validateEnvironment({ sources: { ChangeEvent: remote, PFBuilderMessage: remote } });
  expect(bodyOf('ChangeEventSource', environment)).toBe(
    "cluster('help.kusto.windows.net').database('Samples').ChangeEvent",
  );
  expect(bodyOf('PFBuilderMessageSource', environment)).toBe(
    "cluster('help.kusto.windows.net').database('Samples').GetPFBuilderMessage(startTime, endTime)",
  );
});

test('a source that we add to is read in both places', () => {
  const environment = validateEnvironment({ sources: { BuildArtifact: remote, EntityChangeEvents: remote } });
  expect(bodyOf('BuildArtifactSource', environment)).toBe(
    "union (cluster('help.kusto.windows.net').database('Samples').BuildArtifact), (BuildArtifact)",
  );
  expect(bodyOf('EntityChangeEventsSource', environment)).toBe(
    "union (cluster('help.kusto.windows.net').database('Samples').materialized_view('EntityChangeEventsMaterializedView')), (materialized_view('EntityChangeEventsMaterializedView', 1m))",
  );
});

test.each([
  [undefined, "materialized_view('EntityChangeEventsMaterializedView', 1m)"],
  ['10s', "materialized_view('EntityChangeEventsMaterializedView', 10s)"],
  ['0s', "materialized_view('EntityChangeEventsMaterializedView')"],
])('the age of our view is a setting: %s', (maxAge, body) => {
  expect(bodyOf('EntityChangeEventsSource', validateEnvironment({ maxAge }))).toBe(body);
});

test('only what an environment names is different in it', () => {
  const environment = validateEnvironment({ sources: { BuildArtifact: remote } });
  const plain = loadDefinitions();
  const changed = render(plain, environment).filter((definition, index) => {
    return JSON.stringify(definition) !== JSON.stringify(plain[index]);
  });
  expect(changed).toMatchObject([{ name: 'BuildArtifactSource' }]);
});

test('a link is replaced and the others keep their defaults', () => {
  const links = bodyOf('Links', validateEnvironment({ links: { Ev2Rollout: 'https://ev2.example/' } }));
  expect(links).toContain('"Ev2Rollout": "https://ev2.example/"');
  expect(links).toContain('"AzDeployerRelease": "https://azdeployer.trafficmanager.net/release/"');
});

test('the production environment reads every source from its owner', () => {
  expect(Object.keys(loadEnvironment('production').sources)).toHaveLength(5);
});

test.each([
  [{ sources: { Nothing: remote } }, 'sources.Nothing: expected one of ChangeEvent, DeploymentAuditEvent'],
  [
    { sources: { ChangeEvent: { ...remote, cluster: "x').drop" } } },
    'sources.ChangeEvent.cluster: expected a host name',
  ],
  [
    { sources: { ChangeEvent: { ...remote, database: "d')" } } },
    'sources.ChangeEvent.database: expected the name',
  ],
  [{ sources: { ChangeEvent: 'local' } }, 'sources.ChangeEvent: expected an object'],
  [{ links: { Elsewhere: 'https://x' } }, 'links.Elsewhere: expected one of Ev2Rollout'],
  [{ links: { Ev2Rollout: 1 } }, 'links.Ev2Rollout: expected text'],
  [{ description: 1 }, 'description: expected text'],
  [{ maxAge: '1m) | take 1' }, 'maxAge: expected a timespan such as 30s or 1m'],
  [[], 'an environment: expected an object'],
])('a wrong setting is named: %j', (json, message) => {
  expect(() => validateEnvironment(json)).toThrow(message);
});

test('an environment that does not exist is named', () => {
  expect(() => loadEnvironment('nowhere')).toThrow(
    'environment nowhere: expected one of local, production, or a JSON file',
  );
});

test('an environment file that is not JSON is named', () => {
  expect(() => loadEnvironment(import.meta.filename)).toThrow(/environment\.test\.ts: SyntaxError/);
});
