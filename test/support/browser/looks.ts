/** How a state of the page looks in themes and widths: pictures as artefacts, and what must hold in each. */
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';
import type { OpenedTab, Theme } from './world.ts';

const pictures = 'artifacts/screenshots';
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Look {
  readonly name: string;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
}

const desktop = { width: 1280, height: 800 };
const light: Look = { name: 'light', theme: 'light', ...desktop };
const dark: Look = { name: 'dark', theme: 'dark', ...desktop };
const highContrast: Look = { name: 'high-contrast', theme: 'high-contrast', ...desktop };
const narrow: Look = { name: '320', theme: 'light', width: 320, height: 640 };
const wideLook: Look = { name: '3840', theme: 'light', width: 3840, height: 2160 };

/** All of them with `LOOKS=all`, and for what has much to show; else the states take turns with the looks. */
function looksOf(state: string, wide: boolean, themed: boolean): Look[] {
  const looks = themed ? [light, dark, highContrast, narrow] : [light, narrow];
  if (wide) return [...looks, wideLook];
  if (process.env.LOOKS === 'all') return looks;
  return [looks[state.length % looks.length] ?? light];
}

export interface LookOptions {
  /** A wall display too. */
  readonly wide?: boolean;
  /** False where the host never told its theme. */
  readonly themed?: boolean;
  /** Whether the frame takes only a part of the page's width. */
  readonly isPart?: boolean;
  /** What to do before each picture; choosing a theme takes the focus away from the tab. */
  readonly settle?: (opened: OpenedTab) => Promise<void>;
}

/**
 * Takes a picture of the page in every look of its state, and gives what is wrong with any of them: findings of axe, a
 * page wider than its frame, icons without a drawing.
 */
export async function problemsInEveryLook(
  opened: OpenedTab,
  state: string,
  { wide = false, themed = true, isPart = false, settle }: LookOptions,
): Promise<string[]> {
  const { page, tab } = opened;
  mkdirSync(pictures, { recursive: true });
  await tab.evaluate(axeSource);
  await page.mouse.move(0, 0);
  const problems: string[] = [];
  const taken: Pick<Look, 'name' | 'width'>[] = [];
  for (const { name, theme, width, height } of looksOf(state, wide, themed)) {
    await page.setViewportSize({ width, height });
    if (themed) await showTheme(page, tab, theme);
    await tab.waitForFunction(
      ({ shown, less }) => window.innerWidth === shown || (less && window.innerWidth < shown),
      { shown: width, less: isPart },
    );
    await settle?.(opened);
    await page.screenshot({ path: `${pictures}/${state}-${name}.png` });
    // Between two themes of one width only colours differ.
    const isRepeated = taken.some((look) => look.width === width && look.name !== name);
    const rules = isRepeated ? ['color-contrast'] : undefined;
    taken.push({ name, width });
    for (const problem of await problemsOf(tab, rules)) problems.push(`${name}: ${problem}`);
  }
  return problems;
}

const backgrounds: Record<Theme, string> = {
  light: 'rgb(255, 255, 255)',
  dark: 'rgb(32, 31, 30)',
  'high-contrast': 'rgb(0, 0, 0)',
};

/** Chooses another theme on the host page, and waits until the tab follows. */
export async function showTheme(page: Page, tab: Frame, theme: Theme): Promise<void> {
  await page.locator('#theme-choice').selectOption(theme);
  await tab.waitForFunction(
    (background) => getComputedStyle(document.body).backgroundColor === background,
    backgrounds[theme],
  );
}

async function problemsOf(tab: Frame, rules?: readonly string[]): Promise<string[]> {
  return tab.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, {
      resultTypes: ['violations'],
      ...(only && { runOnly: [...only] }),
    });
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
    const icons = [...document.querySelectorAll('[class*="ms-Icon--"]')].filter(
      (icon) => getComputedStyle(icon, '::before').content === 'none',
    );
    return [
      ...found,
      ...icons.map((icon) => `an icon without a drawing: ${icon.className}`),
      ...(document.documentElement.scrollWidth > window.innerWidth ? ['wider than its frame'] : []),
    ];
  }, rules);
}
