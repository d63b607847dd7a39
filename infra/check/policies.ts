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
  { type: storage, path: 'properties.allowBlobPublicAccess', value: false, why: 'nothing is public' },
  { type: storage, path: 'properties.supportsHttpsTrafficOnly', value: true, why: 'tokens are sent' },
  { type: storage, path: 'properties.minimumTlsVersion', value: 'TLS1_2', why: 'older TLS is not safe' },
  { type: vault, path: 'properties.enableRbacAuthorization', value: true, why: 'roles say who may read' },
  { type: vault, path: 'properties.enablePurgeProtection', value: true, why: 'a secret must not be lost' },
  { type: cluster, path: 'properties.enableDiskEncryption', value: true, why: 'data at rest is encrypted' },
  { type: cluster, path: 'properties.enableAutoStop', value: false, why: 'lookups come at any time' },
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
