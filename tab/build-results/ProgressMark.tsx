/** How far a deployment is: a bar and a few words. */
import * as React from 'react';
import { StateBar } from '../components/StateBar.tsx';
import type { DeploymentRow } from './deployment-row.ts';
import { progressSentence, progressText, stateCounts } from './progress-text.ts';
import './ProgressMark.css';

export function ProgressMark(props: { readonly row: DeploymentRow }): JSX.Element | null {
  const { row } = props;
  const { progress } = row;
  if (!progress) return null;
  const counted = { ...row, progress };
  const sentence = progressSentence(counted);
  return (
    <div className="progress-mark">
      <StateBar counts={stateCounts(progress)} title={sentence} />
      <div className="progress-text secondary-text text-ellipsis" title={sentence}>
        {progressText(counted)}
      </div>
    </div>
  );
}
