/** Asks again at once. It stays enabled meanwhile, because a disabled button would lose the focus. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { strings } from '../strings.ts';
import './RefreshButton.css';

export function RefreshButton(props: { refreshing: boolean; onRefresh: () => void }): JSX.Element {
  return (
    <Button
      subtle
      className={props.refreshing ? 'refresh-button refreshing' : 'refresh-button'}
      iconProps={{ iconName: 'Refresh' }}
      ariaLabel={props.refreshing ? strings.refreshing : strings.refresh}
      tooltipProps={{ text: strings.refresh }}
      onClick={props.onRefresh}
    />
  );
}
