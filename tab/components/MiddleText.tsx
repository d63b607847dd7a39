/**
 * A text that loses its middle where there is no room for it: ids begin with what tells them apart from others, and end
 * with what tells them apart from their neighbours. Copying a selection gives the whole text.
 */
import * as React from 'react';
import './MiddleText.css';

const tailLength = 6;

export function MiddleText(props: { text: string }): JSX.Element {
  const characters = [...props.text];
  if (characters.length <= 3 * tailLength) return <>{props.text}</>;
  return (
    <>
      <span className="middle-text-head">{characters.slice(0, -tailLength).join('')}</span>
      {characters.slice(-tailLength).join('')}
    </>
  );
}
