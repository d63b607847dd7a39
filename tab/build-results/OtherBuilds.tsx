/** The other builds of a deployment, loaded when its details are opened. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import { NewTabLink } from '../components/NewTabLink.tsx';
import { strings } from '../strings.ts';
import { type DeploymentRow, webAddress } from './deployment-row.ts';

interface OtherBuild {
  readonly id: string;
  readonly url: string;
}

/** Gets the builds of a deployment, without the build that the page shows. */
export type OtherBuildsOf = (row: DeploymentRow) => Promise<readonly OtherBuild[]>;

type Lookup =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'found'; readonly builds: readonly OtherBuild[] };

export function OtherBuilds(props: { row: DeploymentRow; otherBuildsOf: OtherBuildsOf }): JSX.Element {
  const { row, otherBuildsOf } = props;
  const [lookup, setLookup] = React.useState<Lookup>({ kind: 'loading' });
  const [attempt, setAttempt] = React.useState(1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: reload for another attempt, but not for a changed row
  React.useEffect(() => {
    let dropped = false;
    setLookup({ kind: 'loading' });
    otherBuildsOf(row).then(
      (builds) => dropped || setLookup({ kind: 'found', builds }),
      () => dropped || setLookup({ kind: 'failed' }),
    );
    return () => {
      dropped = true;
    };
  }, [row.key, otherBuildsOf, attempt]);

  switch (lookup.kind) {
    case 'loading':
      return <span className="secondary-text">{strings.details.loadingBuilds}</span>;
    case 'failed':
      return (
        <span>
          {strings.details.buildsFailed}{' '}
          <Button subtle text={strings.details.retry} onClick={() => setAttempt(attempt + 1)} />
        </span>
      );
    case 'found':
      if (lookup.builds.length === 0)
        return <span className="secondary-text">{strings.details.noOtherBuilds}</span>;
      return (
        <ul className="plain-list">
          {lookup.builds.map(({ id, url }) => (
            <li key={`${url}|${id}`}>
              {webAddress(url) ? (
                <NewTabLink href={url} text={strings.details.build(id)} />
              ) : (
                strings.details.build(id)
              )}
            </li>
          ))}
        </ul>
      );
  }
}
