/**
 * How many resources of each type every deployment must have. A resource that is left out by mistake, or a loop that ends
 * too early, breaks nothing that the other checks see.
 */
import { isObject } from '../json.ts';
import type { RenderedDeployment } from '../render.ts';
import type { Sources } from '../sources.ts';
import type { Problem } from './problem.ts';

type Count = number | ((sources: Sources) => number);

const apps = ({ apps: own }: Sources): number => own.length;
const times =
  (factor: number, more = 0) =>
  (sources: Sources): number =>
    factor * apps(sources) + more;

const inventory: Readonly<Record<string, Readonly<Record<string, Count>>>> = {
  monitoring: {
    'Microsoft.OperationalInsights/workspaces': 1,
    'Microsoft.Insights/components': 1,
    'Microsoft.Insights/actionGroups': 1,
  },
  'front-door': {
    'Microsoft.Cdn/profiles': 1,
    'Microsoft.Cdn/profiles/afdEndpoints': 1,
    'Microsoft.Cdn/profiles/customDomains': 1,
    'Microsoft.Cdn/profiles/originGroups': apps,
    'Microsoft.Cdn/profiles/securityPolicies': 1,
    'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies': 1,
    'Microsoft.Insights/diagnosticSettings': 1,
  },
  data: {
    'Microsoft.Kusto/clusters': 1,
    'Microsoft.Kusto/clusters/databases': 1,
    'Microsoft.Kusto/clusters/databases/scripts': 1,
    'Microsoft.Kusto/clusters/databases/principalAssignments': 1,
    'Microsoft.Insights/diagnosticSettings': 1,
  },
  'hook-queue': {
    'Microsoft.Storage/storageAccounts': 1,
    'Microsoft.Storage/storageAccounts/queueServices/queues': 2,
  },
  'load-test': {
    'Microsoft.LoadTestService/loadTests': 1,
    'Microsoft.Authorization/roleAssignments': 1,
  },
  alerts: {
    'Microsoft.Insights/scheduledQueryRules': ({ alerts }) => alerts.length,
    'Microsoft.Insights/metricAlerts': 4,
    // One for each rule, of which those are deployed that ask the database.
    'Microsoft.Kusto/clusters/databases/principalAssignments': ({ alerts }) => alerts.length,
  },
  'availability-tests': { 'Microsoft.Insights/webtests': apps, 'Microsoft.Insights/metricAlerts': apps },
  workbooks: { 'Microsoft.Insights/workbooks': apps },
  region: {
    // One more for signing in.
    'Microsoft.ManagedIdentity/userAssignedIdentities': times(1, 1),
    'Microsoft.KeyVault/vaults': 1,
    // One on the vault and three on the storage account, for each app.
    'Microsoft.Authorization/roleAssignments': times(4),
    'Microsoft.Insights/diagnosticSettings': 1,
    'Microsoft.Storage/storageAccounts': 1,
    'Microsoft.Storage/storageAccounts/blobServices/containers': 1,
    'Microsoft.Cache/redisEnterprise': 1,
    'Microsoft.Cache/redisEnterprise/databases': 1,
    'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments': apps,
    'Microsoft.Kusto/clusters': 1,
    'Microsoft.Kusto/clusters/attachedDatabaseConfigurations': 1,
  },
  'region-alerts': { 'Microsoft.Insights/metricAlerts': 2 },
  'shared-access': {
    // All apps read, and three write.
    'Microsoft.Kusto/clusters/databases/principalAssignments': times(1, 3),
    'Microsoft.Authorization/roleAssignments': 1,
  },
  'source-viewers': {
    'Microsoft.Kusto/clusters/databases/principalAssignments': (sources) =>
      apps(sources) * sources.databases.length,
  },
  apps: {
    'Microsoft.Web/sites': apps,
    'Microsoft.Web/sites/config': apps,
    'Microsoft.Web/sites/basicPublishingCredentialsPolicies': times(2),
  },
  slots: {
    'Microsoft.Web/sites/slots': apps,
    'Microsoft.Web/sites/slots/config': apps,
    'Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies': times(2),
  },
  traffic: {
    'Microsoft.Cdn/profiles/originGroups/origins': apps,
    // One for its paths, and one for its probe.
    'Microsoft.Cdn/profiles/afdEndpoints/routes': times(2),
  },
};

/** As many as there are apps, or one for all. */
const plans = 'Microsoft.Web/serverfarms';
const leastPlaces = 5;

/** Checks the resources of a deployment. */
export function checkInventory({ name, resources }: RenderedDeployment, sources: Sources): Problem[] {
  const place = `arm/${name}.json`;
  const problems: Problem[] = [];
  const expected = inventory[name];
  if (!expected) return [{ place, message: 'infra/check/inventory.ts does not say what it has' }];
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  for (const type of new Set([...counts.keys(), ...Object.keys(expected)])) {
    if (type === plans) continue;
    const count = expected[type] ?? 0;
    const needed = typeof count === 'number' ? count : count(sources);
    if (counts.get(type) !== needed)
      problems.push({
        place,
        message: `it must have ${needed} of ${type}, and has ${counts.get(type) ?? 0}`,
      });
  }
  if (name === 'apps' && ![1, sources.apps.length].includes(counts.get(plans) ?? 0))
    problems.push({ place, message: 'it must have a plan for each app, or one for all' });
  for (const { type, body, name: test } of resources) {
    const { Locations } = isObject(body.properties) ? body.properties : {};
    if (
      type === 'Microsoft.Insights/webtests' &&
      (!Array.isArray(Locations) || Locations.length < leastPlaces)
    )
      problems.push({ place, message: `${test} must ask from ${leastPlaces} places or more` });
  }
  return problems;
}
