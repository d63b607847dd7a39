/** jsdom with Node's fetch beside it: jsdom has none, its abort signals know no time limits, and it has no
 * coders of text, which Microsoft's library for signing in needs. */
import { TestEnvironment } from 'jest-environment-jsdom';
import '../support/jest/coverage.js';

export default class BrowserEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, {
      fetch,
      Headers,
      Response,
      AbortController,
      AbortSignal,
      TextDecoder,
      TextEncoder,
    });
  }
}
