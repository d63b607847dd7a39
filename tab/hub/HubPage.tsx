/** The page with the views of the hub: its head with the views' names, and the view that is chosen. */
import { Tab, TabBar, TabSize } from 'azure-devops-ui/Tabs';
import * as React from 'react';
import type { IntrospectionClient } from '../../api/introspection/client.ts';
import type { ProjectKey } from '../../api/keys.ts';
import { ChangesView } from './changes/ChangesView.tsx';
import { CompareView } from './compare/CompareView.tsx';
import { EnvironmentsView } from './environments/EnvironmentsView.tsx';
import { type HubOptions, type Pivot, pivots } from './hub-options.ts';
import { MeasuresView } from './measures/MeasuresView.tsx';
import { SettingsView } from './settings/SettingsView.tsx';
import { hubStrings } from './strings.ts';
import type { ChangeOptions } from './use-hub-options.ts';
import './HubPage.css';

/** What every view gets. */
export interface ViewProps {
  readonly client: IntrospectionClient;
  readonly project: ProjectKey;
  /** Whether the page sends no token. */
  readonly anonymous: boolean;
  readonly serviceUrl: string;
  readonly options: HubOptions;
  readonly onOptions: ChangeOptions;
}

export function HubPage(props: ViewProps): JSX.Element {
  const { options, onOptions } = props;
  const tabs = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    // On a narrow page, the tabs scroll.
    const chosen = tabs.current?.querySelector('[aria-selected="true"]');
    if (options.pivot) chosen?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
  }, [options.pivot]);
  return (
    <div className="hub-page">
      <header className="hub-header">
        <h1 className="title-l hub-title" tabIndex={-1}>
          {hubStrings.title}
        </h1>
      </header>
      <div ref={tabs}>
        <TabBar
          className="hub-tabs"
          ariaLabel={hubStrings.pivotsLabel}
          selectedTabId={options.pivot}
          onSelectedTabChanged={(id) => onOptions({ pivot: id as Pivot })}
          tabSize={TabSize.Tall}
          disableSticky
        >
          {pivots.map((pivot) => (
            <Tab key={pivot} id={pivot} name={hubStrings.pivots[pivot]} />
          ))}
        </TabBar>
      </div>
      <section className="hub-view" aria-label={hubStrings.pivots[options.pivot]}>
        {viewOf(props)}
      </section>
    </div>
  );
}

function viewOf(props: ViewProps): JSX.Element {
  switch (props.options.pivot) {
    case 'changes':
      return <ChangesView {...props} />;
    case 'compare':
      return <CompareView {...props} />;
    case 'measures':
      return <MeasuresView {...props} />;
    case 'settings':
      return <SettingsView {...props} />;
    case 'environments':
      return <EnvironmentsView {...props} />;
  }
}
