/** A part of a panel whose answer is loaded when it opens: the answer, or why there is none yet. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { hubStrings } from './strings.ts';
import type { Asked } from './use-answer.ts';

interface AskedPartProps<T> {
  readonly asked: Asked<T>;
  readonly loading: string;
  readonly nothing: string;
  readonly children: (body: T) => React.ReactNode;
}

export function AskedPart<T>(props: AskedPartProps<T>): JSX.Element {
  const { asked } = props;
  switch (asked.kind) {
    case 'loading':
      return (
        <p className="secondary-text" role="status">
          {props.loading}
        </p>
      );
    case 'nothing':
      return <p className="secondary-text">{props.nothing}</p>;
    case 'failed':
      return (
        <p role="alert">
          {hubStrings.cell.failed} <Button text={hubStrings.retry} onClick={asked.retry} />
        </p>
      );
    case 'found':
      return <>{props.children(asked.body)}</>;
  }
}
