/** Why a caller could not be told from a token. Messages are for our log: callers get the same words in every case. */

/** The token proves nothing. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/** The token may be good, but the keys to check it are not here yet. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  readonly retryAfterSeconds = 2;
}
