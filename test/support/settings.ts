/** What is wrong with settings, for tests of whoever reads them. */
import { ConfigError, type SettingsReader } from '../../settings/reader.ts';

/** Every mistake that the reader has found so far. */
export function mistakesOf(reader: SettingsReader): readonly string[] {
  try {
    reader.throwIfWrong();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}
