/** The outcome of reading what a caller sent: a value, or everything that is wrong with it. */
import type { ApiError } from '../../api/contract.ts';

/** What is wrong: the field or header, and what would be right, without the value. */
export type Mistakes = NonNullable<ApiError['details']>;

export type Reading<T> =
  | { readonly value: T; readonly mistakes?: undefined }
  | { readonly value?: undefined; readonly mistakes: Mistakes };
