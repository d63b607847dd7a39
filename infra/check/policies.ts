/** What must be so for every resource of a type, whatever else changes. */
import type { Json } from '../json.ts';

export interface Policy {
  readonly type: string;
  readonly path: string;
  readonly value: Json;
  /** Continues a sentence. */
  readonly why: string;
  /** The end of the name of a resource that it does not hold for. */
  readonly except?: string;
  /** A part of the names of the resources that it holds for. */
  readonly only?: string;
}

const sites = ['Microsoft.Web/sites', 'Microsoft.Web/sites/slots'].flatMap((type): Policy[] => [
  { type, path: 'properties.httpsOnly', value: true, why: 'tokens are sent' },
  { type, path: 'properties.siteConfig.minTlsVersion', value: '1.2', why: 'older TLS is not safe' },
  { type, path: 'properties.siteConfig.ftpsState', value: 'Disabled', why: 'packages come from storage' },
  {
    type,
    path: 'properties.siteConfig.ipSecurityRestrictionsDefaultAction',
    value: 'Deny',
    why: 'all requests come through Front Door',
  },
  {
    type,
    path: 'properties.siteConfig.ipSecurityRestrictions.0.ipAddress',
    value: 'AzureFrontDoor.Backend',
    why: 'all requests come through Front Door',
  },
  {
    type,
    path: 'properties.siteConfig.ipSecurityRestrictions.0.tag',
    value: 'ServiceTag',
    why: 'all requests come through Front Door',
  },
  {
    type,
    path: 'properties.siteConfig.ipSecurityRestrictions.0.action',
    value: 'Allow',
    why: 'all requests come through Front Door',
  },
  { type, path: 'properties.siteConfig.scmMinTlsVersion', value: '1.2', why: 'older TLS is not safe' },
  {
    type,
    path: 'properties.siteConfig.scmIpSecurityRestrictionsUseMain',
    value: false,
    why: 'nobody deploys by hand, through Front Door neither',
  },
  {
    type,
    path: 'properties.siteConfig.scmIpSecurityRestrictionsDefaultAction',
    value: 'Deny',
    why: 'nobody deploys by hand',
  },
  {
    type,
    path: 'properties.siteConfig.linuxFxVersion',
    value: 'NODE|22',
    why: 'the packages are built for a supported runtime',
  },
  { type, path: 'properties.siteConfig.healthCheckPath', value: '/health/ready', why: 'that is the probe' },
]);

const passwords = [
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies',
  'Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies',
].map(
  (type): Policy => ({ type, path: 'properties.allow', value: false, why: 'nobody deploys with a password' }),
);

/** The account of service hooks: their consumer signs in with a key. */
const hooks = 'hooks';

const storage = 'Microsoft.Storage/storageAccounts';
const vault = 'Microsoft.KeyVault/vaults';
const cluster = 'Microsoft.Kusto/clusters';
const redis = 'Microsoft.Cache/redisEnterprise/databases';
const firewall = 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies';
const rules: readonly (readonly [path: string, value: Json])[] = [
  ['policySettings.enabledState', 'Enabled'],
  ['policySettings.requestBodyCheck', 'Enabled'],
  ['customRules.rules.0.ruleType', 'RateLimitRule'],
  ['customRules.rules.0.action', 'Block'],
  ['customRules.rules.0.enabledState', 'Enabled'],
  ['customRules.rules.0.rateLimitDurationInMinutes', 1],
  ['customRules.rules.0.groupBy', [{ variableName: 'SocketAddr' }]],
  // What it lets pass, a secret opens.
  ['customRules.rules.1.ruleType', 'MatchRule'],
  ['customRules.rules.1.action', 'Allow'],
  ['customRules.rules.1.matchConditions.0.matchValue', ['^https?://[^/]+/hooks/v1/events$']],
  ['customRules.rules.1.matchConditions.1.matchValue', ['POST']],
  ['managedRules.managedRuleSets.0.ruleSetType', 'Microsoft_DefaultRuleSet'],
  ['managedRules.managedRuleSets.0.ruleSetAction', 'Block'],
  ['managedRules.managedRuleSets.1.ruleSetType', 'Microsoft_BotManagerRuleSet'],
];
const domain = 'Microsoft.Cdn/profiles/customDomains';
const route = 'Microsoft.Cdn/profiles/afdEndpoints/routes';

export const policies: readonly Policy[] = [
  ...sites,
  ...passwords,
  {
    type: storage,
    path: 'properties.allowSharedKeyAccess',
    value: false,
    why: 'identities sign in',
    except: hooks,
  },
  ...rules.map(
    ([path, value]): Policy => ({
      type: firewall,
      path: `properties.${path}`,
      value,
      why: 'the firewall is the limit of what comes in',
    }),
  ),
  {
    type: 'Microsoft.Cdn/profiles/securityPolicies',
    path: 'properties.parameters.associations.0.patternsToMatch',
    value: ['/*'],
    why: 'the firewall sees every request',
  },
  {
    type: 'Microsoft.Cdn/profiles/originGroups/origins',
    path: 'properties.enforceCertificateNameCheck',
    value: true,
    why: 'tokens are sent',
  },
  {
    type: route,
    path: 'properties.originPath',
    value: '/health/',
    why: 'the path of a probe has the name of its app',
    only: '/probe-',
  },
  {
    type: storage,
    path: 'properties.allowCrossTenantReplication',
    value: false,
    why: 'data stays in the tenant',
  },
  { type: storage, path: 'properties.allowBlobPublicAccess', value: false, why: 'nothing is public' },
  { type: storage, path: 'properties.supportsHttpsTrafficOnly', value: true, why: 'tokens are sent' },
  { type: storage, path: 'properties.minimumTlsVersion', value: 'TLS1_2', why: 'older TLS is not safe' },
  { type: vault, path: 'properties.enableRbacAuthorization', value: true, why: 'roles say who may read' },
  { type: vault, path: 'properties.enableSoftDelete', value: true, why: 'a secret must not be lost' },
  { type: vault, path: 'properties.enablePurgeProtection', value: true, why: 'a secret must not be lost' },
  { type: cluster, path: 'properties.enableDiskEncryption', value: true, why: 'data at rest is encrypted' },
  {
    type: cluster,
    path: 'properties.enableStreamingIngest',
    value: true,
    why: 'events are written as they come',
    except: 'ro',
  },
  { type: cluster, path: 'properties.enableAutoStop', value: false, why: 'lookups come at any time' },
  {
    type: 'Microsoft.Cache/redisEnterprise',
    path: 'properties.minimumTlsVersion',
    value: '1.2',
    why: 'older TLS is not safe',
  },
  { type: redis, path: 'properties.accessKeysAuthentication', value: 'Disabled', why: 'identities sign in' },
  { type: redis, path: 'properties.clientProtocol', value: 'Encrypted', why: 'answers are confidential' },
  {
    type: redis,
    path: 'properties.clusteringPolicy',
    value: 'EnterpriseCluster',
    why: 'the client knows one address',
  },
  { type: redis, path: 'properties.port', value: 10_000, why: 'the address says so' },
  { type: redis, path: 'properties.evictionPolicy', value: 'AllKeysLRU', why: 'it is a cache' },
  {
    type: domain,
    path: 'properties.tlsSettings.minimumTlsVersion',
    value: 'TLS12',
    why: 'older TLS is not safe',
  },
  {
    type: domain,
    path: 'properties.tlsSettings.certificateType',
    value: 'ManagedCertificate',
    why: 'nobody has to renew it',
  },
  { type: route, path: 'properties.supportedProtocols', value: ['Https'], why: 'tokens are sent' },
  { type: route, path: 'properties.forwardingProtocol', value: 'HttpsOnly', why: 'tokens are sent' },
  {
    type: 'Microsoft.Cdn/profiles/originGroups',
    path: 'properties.healthProbeSettings.probePath',
    value: '/health/ready',
    why: 'that is the probe',
  },
];
