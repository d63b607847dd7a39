/**
 * Encrypts the token of a pipeline's plan for storage: a registered wait has to survive a crash, and nobody who reads
 * the database may use its token. AES-256-GCM; the wait's id is authenticated too, so that a token cannot be moved
 * to another wait.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Length of a key in bytes. */
export const sealKeyBytes = 32;

/** Encrypts a token, as base64 that only {@link unsealToken} with the same key and wait id can read. */
export function sealToken(key: Buffer, waitId: string, token: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(waitId));
  const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** The token, or undefined if it was sealed with another key or for another wait, or was changed. */
export function unsealToken(key: Buffer, waitId: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(waitId))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
    return text.toString('utf8');
  } catch {
    return undefined;
  }
}
