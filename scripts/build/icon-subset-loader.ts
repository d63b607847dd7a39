/**
 * Webpack loader for azure-devops-ui's two icon style sheets: keeps the rules of the icons in use and emits
 * their fonts with only those glyphs (some 2 KB in place of 1.4 MB).
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import subsetFont from 'subset-font';
import type { LoaderContext } from 'webpack';
import { iconsInUse } from './icons.ts';

type Loader = LoaderContext<unknown>;

const iconRule = /([^{}]*\.ms-Icon--[\w-]+:{1,2}before)\s*\{([^}]*)\}/g;
const fontFace = /@font-face\s*\{[^}]*font-family:\s*"(\w+)"[^}]*url\("([^"]+)"\)[^}]*\}/g;

export default function subsetIcons(this: Loader, source: string): void {
  const done = this.async();
  subset(this, source).then((css) => done(null, css), done);
}

async function subset(loader: Loader, source: string): Promise<string> {
  const glyphs = new Map<string, string>();
  const withoutUnusedIcons = source.replace(iconRule, (_rule, selectors: string, body: string) => {
    const used = selectors.split(',').filter(isInUse);
    if (used.length === 0) return '';
    const family = /font-family:\s*"(\w+)"/.exec(body)?.[1] ?? 'FluentRegular';
    const glyph = /content:\s*"\\([0-9a-f]+)"/i.exec(body)?.[1];
    if (glyph) glyphs.set(family, `${glyphs.get(family) ?? ''}${String.fromCodePoint(parseInt(glyph, 16))}`);
    return `${used.join(',')}{${body}}`;
  });
  let css = withoutUnusedIcons;
  for (const [rule, family = '', url = ''] of withoutUnusedIcons.matchAll(fontFace)) {
    const text = glyphs.get(family);
    css = css.replace(rule, text ? await emitFont(loader, family, url, text) : '');
  }
  return css;
}

function isInUse(selector: string): boolean {
  const icon = /\.ms-Icon--([\w-]+)/.exec(selector)?.[1];
  return icon !== undefined && iconsInUse.includes(icon);
}

async function emitFont(loader: Loader, family: string, url: string, text: string): Promise<string> {
  const font = await readFile(path.resolve(loader.context, url));
  const file = `fonts/${family}.woff2`;
  loader.emitFile(file, await subsetFont(font, text, { targetFormat: 'woff2' }));
  return `@font-face{font-family:"${family}";src:url("${file}") format("woff2")}`;
}
