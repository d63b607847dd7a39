/** Copies a text. If the frame may not use the clipboard API, it copies a selection instead. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { strings } from '../strings.ts';
import './CopyButton.css';

export function CopyButton(props: { text: string; label: string }): JSX.Element {
  const [copied, setCopied] = React.useState(false);
  React.useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      subtle
      iconProps={{ iconName: copied ? 'CheckMark' : 'Copy' }}
      text={copied ? strings.details.copied : props.label}
      onClick={() => void copy(props.text).then(setCopied)}
    />
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyThroughSelection(text);
  }
}

function copyThroughSelection(text: string): boolean {
  const holder = document.createElement('textarea');
  const focused = document.activeElement;
  holder.value = text;
  holder.className = 'copy-holder';
  document.body.append(holder);
  holder.select();
  const copied = document.execCommand('copy');
  holder.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
