/** The measures by service and environment; each value opens the deployments that it counts. */
import * as React from 'react';
import { strings } from '../../strings.ts';
import { hubStrings } from '../strings.ts';
import { type BreakdownRow, measureNames, valueText } from './measure-values.ts';

interface BreakdownProps {
  readonly rows: readonly BreakdownRow[];
  readonly onOpen: (measure: string, service: string, environment: string) => void;
}

export function Breakdown({ rows, onOpen }: BreakdownProps): JSX.Element | null {
  const words = hubStrings.measures;
  if (rows.length === 0) return null;
  return (
    <div className="measure-breakdown">
      <h2 id="measure-breakdown">{words.breakdown}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be in reach of the keyboard */}
      <section className="chain-table-scroller" aria-labelledby="measure-breakdown" tabIndex={0}>
        <table className="plain-table" aria-labelledby="measure-breakdown">
          <thead>
            <tr>
              {[
                hubStrings.service,
                hubStrings.environment,
                ...measureNames.map((name) => words.names.get(name) ?? name),
              ].map((text) => (
                <th key={text} scope="col">
                  {text}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, service, environment, measures }) => (
              <tr key={key}>
                <th scope="row">{service}</th>
                <td>{environment}</td>
                {measureNames.map((name) => {
                  const measure = measures.get(name);
                  const title = words.names.get(name) ?? name;
                  if (!measure || measure.Value === null) return <td key={name}>{strings.none}</td>;
                  const value = valueText(name, measure.Value);
                  return (
                    <td key={name}>
                      <button
                        type="button"
                        className="change-button"
                        aria-label={words.openOf(value, title, service, environment)}
                        onClick={() => onOpen(name, service, environment)}
                      >
                        {value}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
