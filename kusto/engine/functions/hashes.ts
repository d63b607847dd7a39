/**
 * Hashes. `hash()` is XXH64 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), which is here because the
 * libraries that have it load asynchronously, and SQLite's functions cannot wait. It is of the bytes of a text, and of
 * the ticks of a time; what it is of for other types is not documented.
 */
import { createHash } from 'node:crypto';
import { customCall } from '../sql/sql-tree.ts';
import type { SqlValue } from '../statement.ts';
import { textSql } from './conversions.ts';
import { argument, inSql, type ScalarFunction, UnsupportedCallError } from './definition.ts';
import { textValue } from './text.ts';

function digest(algorithm: 'md5' | 'sha1' | 'sha256'): ScalarFunction {
  const name = `hash_${algorithm}`;
  return inSql(
    name,
    `hash-${algorithm}-function`,
    'never',
    (args) => customCall(name, textSql(argument(args, 0))),
    {
      code: [{ name, run: (value) => createHash(algorithm).update(textValue(value)).digest('hex') }],
    },
  );
}

const PRIME_1 = 0x9e37_79b1_85eb_ca87n;
const PRIME_2 = 0xc2b2_ae3d_27d4_eb4fn;
const PRIME_3 = 0x1656_67b1_9e37_79f9n;
const PRIME_4 = 0x85eb_ca77_c2b2_ae63n;
const PRIME_5 = 0x27d4_eb2f_1656_67c5n;

function word(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotated(value: bigint, bits: bigint): bigint {
  return word((value << bits) | (value >> (64n - bits)));
}

function round(lane: bigint, input: bigint): bigint {
  return word(rotated(word(lane + input * PRIME_2), 31n) * PRIME_1);
}

/** XXH64 with the seed 0. */
function xxh64(bytes: Buffer): bigint {
  let at = 0;
  let hash = PRIME_5;
  if (bytes.length >= 32) {
    const lanes = [word(PRIME_1 + PRIME_2), PRIME_2, 0n, word(-PRIME_1)];
    for (; at + 32 <= bytes.length; at += 32)
      lanes.forEach((lane, index) => {
        lanes[index] = round(lane, bytes.readBigUInt64LE(at + 8 * index));
      });
    hash = word([1n, 7n, 12n, 18n].reduce((sum, bits, index) => sum + rotated(lanes[index] ?? 0n, bits), 0n));
    for (const lane of lanes) hash = word((hash ^ round(0n, lane)) * PRIME_1 + PRIME_4);
  }
  hash = word(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8)
    hash = word(rotated(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * PRIME_1 + PRIME_4);
  if (at + 4 <= bytes.length) {
    hash = word(rotated(hash ^ word(BigInt(bytes.readUInt32LE(at)) * PRIME_1), 23n) * PRIME_2 + PRIME_3);
    at += 4;
  }
  for (const byte of bytes.subarray(at))
    hash = word(rotated(hash ^ word(BigInt(byte) * PRIME_5), 11n) * PRIME_1);
  hash = word((hash ^ (hash >> 33n)) * PRIME_2);
  hash = word((hash ^ (hash >> 29n)) * PRIME_3);
  return hash ^ (hash >> 32n);
}

function hashOf(value: SqlValue): bigint | null {
  if (value === null) return null;
  const bytes = Buffer.from(String(value));
  if (typeof value !== 'bigint') return BigInt.asIntN(64, xxh64(bytes));
  const ticks = Buffer.alloc(8);
  ticks.writeBigInt64LE(value);
  return BigInt.asIntN(64, xxh64(ticks));
}

/** From 0 to below the modulus. */
function remainder(value: SqlValue, modulus: SqlValue): bigint | null {
  const hash = hashOf(value);
  if (hash === null || typeof modulus !== 'bigint' || modulus <= 0n) return null;
  return ((hash % modulus) + modulus) % modulus;
}

const HASH = inSql(
  'hash',
  'hash-function',
  'always',
  (args) => {
    const { sql, type } = argument(args, 0);
    if (type !== 'string' && type !== 'datetime') throw new UnsupportedCallError(`hash() of ${type}`);
    const [, modulus] = args;
    if (!modulus) return customCall('hash', sql);
    if (modulus.type !== 'long' && modulus.type !== 'int')
      throw new UnsupportedCallError(`hash() with a modulus of type ${modulus.type}`);
    if (typeof modulus.literal === 'bigint' && modulus.literal <= 0n)
      throw new UnsupportedCallError(`hash() with the modulus ${modulus.literal}`);
    return customCall('hash_modulo', sql, modulus.sql);
  },
  {
    code: [
      { name: 'hash', run: hashOf },
      { name: 'hash_modulo', run: remainder },
    ],
    most: 2,
    note: 'of text and datetime',
  },
);

export const HASHES: readonly ScalarFunction[] = [
  HASH,
  { ...HASH, name: 'hash_xxhash64', page: 'hash-xxhash64-function', code: [] },
  digest('md5'),
  digest('sha1'),
  digest('sha256'),
];
