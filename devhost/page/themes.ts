/** The themes of Azure DevOps as the handshake sends them: custom properties, without the dashes of their names. */

export type ThemeData = Readonly<Record<string, string>>;

const light: ThemeData = {
  'background-color': 'rgb(255, 255, 255)',
  'text-primary-color': 'rgba(0, 0, 0, 0.9)',
  'text-secondary-color': 'rgba(0, 0, 0, 0.62)',
  'text-disabled-color': 'rgba(0, 0, 0, 0.38)',
  'communication-foreground': 'rgb(0, 90, 158)',
  'communication-background': 'rgb(0, 120, 212)',
  'text-on-communication-background': 'rgb(255, 255, 255)',
  'focus-border-color': 'rgb(0, 120, 212)',
  'callout-background-color': 'rgb(255, 255, 255)',
  'callout-shadow-color': 'rgba(0, 0, 0, 0.132)',
  'callout-shadow-secondary-color': 'rgba(0, 0, 0, 0.108)',
  'component-grid-row-hover-color': 'rgba(0, 0, 0, 0.02)',
  'component-grid-selected-row-color': 'rgb(222, 236, 249)',
  'component-grid-cell-bottom-border-color': 'rgb(234, 234, 234)',
  'status-success': 'rgb(16, 124, 16)',
  'status-warning-background': 'rgb(255, 244, 206)',
  'status-error-background': 'rgb(253, 231, 233)',
  'status-error-text': 'rgb(164, 38, 44)',
  ...palette('0, 0, 0', [255, 248, 244, 234, 218, 200, 166, 122, 60, 40, 30]),
};

const dark: ThemeData = {
  'background-color': 'rgb(32, 31, 30)',
  'text-primary-color': 'rgba(255, 255, 255, 0.95)',
  'text-secondary-color': 'rgba(255, 255, 255, 0.72)',
  'text-disabled-color': 'rgba(255, 255, 255, 0.46)',
  'communication-foreground': 'rgb(98, 177, 242)',
  'communication-background': 'rgb(0, 120, 212)',
  'text-on-communication-background': 'rgb(255, 255, 255)',
  'focus-border-color': 'rgb(98, 177, 242)',
  'callout-background-color': 'rgb(37, 36, 35)',
  'callout-shadow-color': 'rgba(0, 0, 0, 0.4)',
  'callout-shadow-secondary-color': 'rgba(0, 0, 0, 0.32)',
  'component-grid-row-hover-color': 'rgba(255, 255, 255, 0.05)',
  'component-grid-selected-row-color': 'rgb(30, 58, 84)',
  'component-grid-cell-bottom-border-color': 'rgba(255, 255, 255, 0.12)',
  'status-success': 'rgb(85, 163, 98)',
  'status-warning-background': 'rgb(69, 58, 20)',
  'status-error-background': 'rgb(78, 32, 33)',
  'status-error-text': 'rgb(241, 112, 123)',
  'component-status-success': 'rgb(85, 163, 98)',
  'component-status-error': 'rgb(205, 74, 69)',
  'component-status-info': 'rgb(33, 127, 204)',
  'component-status-warning': 'rgb(214, 127, 60)',
  'component-status-neutral': 'rgb(150, 148, 146)',
  'palette-primary-tint-40': '30, 46, 62',
  'palette-primary-tint-30': '30, 58, 84',
  'palette-primary-darkened-6': '0, 103, 181',
  'palette-primary-darkened-10': '0, 91, 161',
  'palette-primary-shade-30': '143, 202, 247',
  ...palette('255, 255, 255', [32, 37, 41, 50, 61, 82, 110, 138, 200, 218, 244]),
};

const highContrast: ThemeData = {
  ...dark,
  'background-color': 'rgb(0, 0, 0)',
  'text-primary-color': 'rgb(255, 255, 255)',
  'text-secondary-color': 'rgb(255, 255, 255)',
  'text-disabled-color': 'rgb(63, 242, 63)',
  'communication-foreground': 'rgb(255, 255, 0)',
  'communication-background': 'rgb(26, 235, 255)',
  'text-on-communication-background': 'rgb(0, 0, 0)',
  'focus-border-color': 'rgb(26, 235, 255)',
  'callout-background-color': 'rgb(0, 0, 0)',
  'palette-primary-darkened-6': '20, 190, 210',
  'palette-primary-darkened-10': '20, 170, 190',
  'component-grid-row-hover-color': 'rgba(26, 235, 255, 0.2)',
  'component-grid-cell-bottom-border-color': 'rgb(255, 255, 255)',
};

export const themes: Readonly<Record<string, { readonly name: string; readonly data: ThemeData }>> = {
  light: { name: 'Light', data: light },
  dark: { name: 'Dark', data: dark },
  'high-contrast': { name: 'High contrast', data: highContrast },
};

/** The theme with this key, or the light one. */
export function themeData(key: string): ThemeData {
  return themes[key]?.data ?? light;
}

/** The key of a theme that an address names, or of the one that the user prefers. */
export function chosenTheme(key: string | null): string {
  const preferred = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  return Object.keys(themes).find((theme) => theme === key) ?? preferred;
}

/** Applies a theme to this page. The extension gets it through the handshake. */
export function applyTheme(data: ThemeData): void {
  for (const [name, value] of Object.entries(data))
    document.documentElement.style.setProperty(`--${name}`, value);
}

/** Alphas are colours; neutral shades are triples, because components add their own opacity. */
function palette(rgb: string, greys: readonly number[]): Record<string, string> {
  const alphas = [0, 2, 4, 6, 8, 10, 15, 20, 30, 40, 55, 60, 70, 80, 90, 100];
  const neutrals = [0, 2, 4, 8, 10, 20, 30, 60, 70, 80, 100];
  return {
    ...Object.fromEntries(
      alphas.map((alpha) => [`palette-black-alpha-${alpha}`, `rgba(${rgb}, ${alpha / 100})`]),
    ),
    ...Object.fromEntries(
      neutrals.map((step, index) => [`palette-neutral-${step}`, Array(3).fill(greys[index]).join(', ')]),
    ),
  };
}
