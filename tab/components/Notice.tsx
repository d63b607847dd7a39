/** A message above the content that it is about. */
import { Status, Statuses, StatusSize } from 'azure-devops-ui/Status';
import * as React from 'react';
import './Notice.css';

const statuses = { info: Statuses.Information, warning: Statuses.Warning, error: Statuses.Failed };

export function Notice(props: { tone: keyof typeof statuses; text: string }): JSX.Element {
  return (
    <div className={`notice notice-${props.tone}`}>
      <Status {...statuses[props.tone]} size={StatusSize.m} />
      <span>{props.text}</span>
    </div>
  );
}
