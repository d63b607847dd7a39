/** The way of a commit as a table: all that its picture shows, with links and exact times. */
import * as React from 'react';
import type { Step } from '../../../api/introspection/contract.ts';
import { waitBetween } from '../../charts/wait-between.ts';
import { PlacementState } from '../../components/PlacementMark.tsx';
import { Moment } from '../../components/Times.tsx';
import { durationText } from '../../components/times.ts';
import { strings } from '../../strings.ts';
import { MaybeLink } from '../NewsList.tsx';
import { hubStrings } from '../strings.ts';
import { kindName } from './kind-name.ts';

export function ChainTable({ steps }: { steps: readonly Step[] }): JSX.Element {
  const { columns } = hubStrings.chain;
  const byKey = new Map(steps.map((step) => [step.Key, step]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be in reach of the keyboard
    <section className="chain-table-scroller" aria-label={hubStrings.chain.table} tabIndex={0}>
      <table className="plain-table" aria-label={hubStrings.chain.table}>
        <thead>
          <tr>
            {Object.values(columns).map((text) => (
              <th key={text} scope="col">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.Key}>
              <td>{kindName(step.Kind)}</td>
              <th scope="row">
                <MaybeLink href={step.Url} text={step.Title} />
                {step.Guessed && <span className="secondary-text"> {hubStrings.chain.guess}</span>}
              </th>
              <td>
                <PlacementState placement={step} />
              </td>
              <td>{step.By || strings.none}</td>
              <td>{step.StartTime ? <Moment instant={Date.parse(step.StartTime)} /> : strings.none}</td>
              <td>
                {step.EndTime ? <Moment instant={Date.parse(step.EndTime)} /> : hubStrings.chain.notEnded}
              </td>
              <td>{waits(step, byKey).join(', ') || strings.none}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function waits(step: Step, byKey: ReadonlyMap<string, Step>): string[] {
  return step.After.flatMap((key) => {
    const before = byKey.get(key);
    const wait = before && waitBetween(before, step);
    return wait === undefined ? [] : [durationText(wait)];
  });
}
