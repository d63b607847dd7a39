/** Text with a colour or a link. Only here do escape sequences come into being, after the text has been cleaned. */
import { printable } from '../../net/printable.ts';
import type { Capabilities } from './capabilities.ts';

/** What a colour says. */
export type TextTone = 'good' | 'bad' | 'active' | 'caution' | 'muted' | 'heading';

/** A piece of text on one line. Plain strings have no colour and no link. */
export type Text = string | StyledText;

export interface StyledText {
  readonly text: string;
  readonly tone?: TextTone | undefined;
  /** Where it leads; anything but a URL of http(s) is left out. */
  readonly link?: string | undefined;
}

const codes: Readonly<Record<TextTone, string>> = {
  good: '32',
  bad: '31',
  active: '36',
  caution: '33',
  muted: '2',
  heading: '1',
};

/** The text as it is read, on one line and without control characters. */
export function plainText(text: Text): string {
  return printable(typeof text === 'string' ? text : text.text);
}

/** The text as the stream gets it. */
export function styled(text: Text, { colors, links }: Capabilities): string {
  const plain = plainText(text);
  if (typeof text === 'string' || plain === '') return plain;
  const colored = colors && text.tone ? `\u001b[${codes[text.tone]}m${plain}\u001b[0m` : plain;
  const url = links ? safeUrl(text.link) : undefined;
  return url === undefined ? colored : `\u001b]8;;${url}\u001b\\${colored}\u001b]8;;\u001b\\`;
}

/** As a URL is written on the wire: printable ASCII only. Undefined for what is no URL of http(s). */
export function safeUrl(link: string | undefined): string | undefined {
  if (!link || !URL.canParse(link)) return undefined;
  const { protocol, href } = new URL(link);
  return /^https?:$/.test(protocol) && /^[\x21-\x7e]*$/.test(href) ? href : undefined;
}
