/** jsdom with Node's fetch beside it: jsdom has none, and its abort signals know no time limits. */
import { TestEnvironment } from 'jest-environment-jsdom';
import '../support/jest/coverage.js';

export default class BrowserEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, { fetch, Headers, Response, AbortController, AbortSignal });
  }
}
