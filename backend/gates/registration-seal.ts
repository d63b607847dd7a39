/**
 * Keeps a registered wait as it was registered while it lies in the database, where it has to survive a crash: the
 * build, the criteria, the task that is called back, its token and the time. All of it is one sealed text
 * (AES-256-GCM), so whoever can write to the table can neither read the token nor have it sent somewhere else. The
 * id of the wait is authenticated along with it, so that a registration cannot be moved to another wait.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Length of a key in bytes. */
export const sealKeyBytes = 32;

/** Base64 text that only {@link openRegistration} with the same key and wait reads. `registration` becomes JSON. */
export function sealRegistration(key: Buffer, waitId: string, registration: object): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(authenticated(waitId));
  const text = JSON.stringify(registration);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** The registration, or undefined if it was sealed with another key or for another wait, or was changed. */
export function openRegistration(key: Buffer, waitId: string, sealed: string): unknown {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    })
      .setAAD(authenticated(waitId))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A name for a token that does not reveal it: 32 hexadecimal digits, made with a key that is derived from `key`. Two
 * processes with one `key` give a token the same name.
 */
export function fingerprintOf(key: Buffer, token: string): string {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'fingerprint of a token', sealKeyBytes));
  return createHmac('sha256', derived).update(token).digest('hex').slice(0, 32);
}

function authenticated(waitId: string): Buffer {
  return Buffer.from(`registered wait, version 2\n${waitId}`);
}
