/** A panel at the side with details of something on the page. It gives the focus back when it closes. */
import { ContentSize } from 'azure-devops-ui/Callout';
import { Panel } from 'azure-devops-ui/Panel';
import * as React from 'react';
import './SidePanel.css';

interface SidePanelProps {
  readonly title: string;
  /** Below the title. */
  readonly description?: string;
  readonly large?: boolean;
  readonly onDismiss: () => void;
  readonly children: React.ReactNode;
}

export function SidePanel(props: SidePanelProps): JSX.Element {
  return (
    <Panel
      className="side-panel"
      calloutClassName={props.large ? 'side-panel-large' : undefined}
      titleProps={{ text: props.title }}
      description={props.description}
      size={props.large ? ContentSize.ExtraLarge : ContentSize.Medium}
      onDismiss={props.onDismiss}
    >
      <div className="side-panel-content">{props.children}</div>
    </Panel>
  );
}
