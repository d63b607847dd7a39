/** What jsdom lacks of a browser and the page needs: enough to lay out a page of 1280 pixels. */
import { configure } from '@testing-library/dom';
import { act } from '@testing-library/react';

// user-event goes through another copy of the library than React's own, which has to be told about React.
configure({
  async asyncWrapper(run) {
    let result: unknown;
    await act(async () => {
      result = await run();
    });
    return result as Awaited<ReturnType<typeof run>>;
  },
  eventWrapper(run) {
    let result: unknown;
    act(() => {
      result = run();
    });
    return result as ReturnType<typeof run>;
  },
});

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

/** Call before each test that draws something. */
export function playBrowser(): void {
  Object.assign(globalThis, {
    ResizeObserver: Observer,
    IntersectionObserver: Observer,
  });
  window.matchMedia = (query) =>
    Object.assign(new EventTarget(), {
      matches: Number(/max-width: (\d+)px/.exec(query)?.[1] ?? 0) >= 1280,
      media: query,
      onchange: null,
      addListener: () => undefined,
      removeListener: () => undefined,
    });
}
