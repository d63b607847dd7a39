/** The secrets that the apps read from the key vaults: their names, their forms, and what a new one is. */
import { randomBytes } from 'node:crypto';

export interface SecretKind {
  /** The setting that reads it. */
  readonly setting: string;
  /** The setting is there only in environments whose `optionalSecrets` name the secret. */
  readonly isOptional: boolean;
  readonly form: RegExp;
  /** The form, in words. */
  readonly rightForm: string;
  /** Makes a new one; missing where it comes from elsewhere. */
  readonly generate?: () => string;
}

/** 32 random bytes as text that needs no quotes. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

const secret = { form: /^[^\s,]{16,}$/, rightForm: '16 characters or more, without spaces and commas' };
const extensionKey = { form: /^\S{32,}$/, rightForm: 'the certificate as the Marketplace shows it' };

/** By the name that they have in Key Vault. */
export const secretKinds: Readonly<Record<string, SecretKind>> = {
  'gates-key': {
    setting: 'GATES_KEY',
    isOptional: false,
    form: /^[A-Za-z0-9+/]{43}=$/,
    rightForm: '32 bytes in base64',
    generate: () => randomBytes(32).toString('base64'),
  },
  'changelog-secret': {
    ...secret,
    setting: 'CHANGELOG_SECRET',
    isOptional: false,
    generate: newSecret,
  },
  'changelog-secret-previous': { ...secret, setting: 'CHANGELOG_SECRET_PREVIOUS', isOptional: true },
  'changelog-organization-secrets': {
    setting: 'CHANGELOG_ORGANIZATION_SECRETS',
    isOptional: true,
    form: /^[^\s,=]+=[^\s,]{16,}(?:,[^\s,=]+=[^\s,]{16,})*$/,
    rightForm: 'a list such as contoso=secret, each secret with 16 characters or more',
  },
  'extension-key': { ...extensionKey, setting: 'EXTENSION_KEY', isOptional: true },
  'extension-key-previous': { ...extensionKey, setting: 'EXTENSION_KEY_PREVIOUS', isOptional: true },
};
