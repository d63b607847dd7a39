/** The chain of a commit as a picture. It says nothing that the table beside it does not say. */
import * as React from 'react';
import type { Step } from '../../api/introspection/contract.ts';
import { stateOf } from '../../api/states.ts';
import { chainLayout, nodeSize } from './chain-layout.ts';
import './charts.css';

interface ChainPictureProps {
  readonly steps: readonly Step[];
  /** What the picture shows, for those who cannot see it. */
  readonly label: string;
  readonly kindName: (kind: string) => string;
  readonly stateWord: (step: Step) => string;
  readonly duration: (milliseconds: number) => string;
}

const mostCharacters = 18;

export function ChainPicture(props: ChainPictureProps): JSX.Element {
  const layout = React.useMemo(() => chainLayout(props.steps), [props.steps]);
  return (
    <svg
      className="chain-picture"
      role="img"
      aria-label={props.label}
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
    >
      {layout.links.map(({ key, path, x, y, wait }) => (
        <g key={key}>
          <path className="chain-link" d={path} />
          {wait !== undefined && (
            <text className="chain-wait" x={x} y={y} textAnchor="middle">
              {props.duration(wait)}
            </text>
          )}
        </g>
      ))}
      {layout.steps.map(({ step, x, y }) => (
        <g key={step.Key} transform={`translate(${x} ${y})`}>
          <title>{[step.Title, props.stateWord(step), step.By].filter(Boolean).join(', ')}</title>
          <rect className="chain-node" width={nodeSize.width} height={nodeSize.height} rx="4" />
          <rect className={`chain-state chart-${stateOf(step)}`} width="6" height={nodeSize.height} rx="3" />
          <text className="chain-kind" x="14" y="18">
            {props.kindName(step.Kind)}
          </text>
          <text className="chain-title" x="14" y="36">
            {shortened(step.Title)}
          </text>
          <text className="chain-kind" x="14" y="53">
            {shortened(props.stateWord(step))}
          </text>
        </g>
      ))}
    </svg>
  );
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length > mostCharacters ? `${characters.slice(0, mostCharacters - 1).join('')}…` : text;
}
