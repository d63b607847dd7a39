/** One measure: its value, what it means, how it went day by day, and the way to the deployments that it counts. */
import { Button } from 'azure-devops-ui/Button';
import * as React from 'react';
import type { Measure, MeasureName } from '../../../api/introspection/contract.ts';
import { LazyChart, MeasureChart } from '../LazyChart.tsx';
import { hubStrings } from '../strings.ts';
import { axisText, dailyText, measureKind, valueText } from './measure-values.ts';

interface MeasureCardProps {
  readonly name: MeasureName;
  /** Undefined if the answer lacks it. */
  readonly measure: Measure | undefined;
  readonly from: number;
  readonly to: number;
  readonly dayText: (instant: number) => string;
  readonly onOpen: () => void;
}

export function MeasureCard(props: MeasureCardProps): JSX.Element {
  const { name, measure } = props;
  const [explained, setExplained] = React.useState(false);
  const words = hubStrings.measures;
  const title = words.names.get(name) ?? name;
  const id = `measure-${name}`;
  return (
    <section className="measure-card" aria-labelledby={id}>
      <div className="measure-head">
        <h2 id={id}>{title}</h2>
        <Button
          subtle
          iconProps={{ iconName: 'Info' }}
          ariaLabel={words.definitionOf(title)}
          tooltipProps={{ text: words.definition }}
          ariaExpanded={explained}
          onClick={() => setExplained(!explained)}
        />
      </div>
      {explained && <p className="secondary-text">{words.definitions.get(name)}</p>}
      <p className="measure-value">
        {measure?.Value === null || measure === undefined ? (
          <span className="secondary-text">{words.none}</span>
        ) : (
          valueText(name, measure.Value)
        )}
      </p>
      {!measure || measure.Counted === 0 ? (
        <p className="secondary-text">{words.noneText}</p>
      ) : (
        <>
          <button type="button" className="change-button measure-link" onClick={props.onOpen}>
            {words.counted(measure.Counted)}
          </button>
          <Daily {...props} measure={measure} title={title} />
        </>
      )}
      {measure !== undefined && measure.LeftOutCount > 0 && (
        <p className="secondary-text">{words.leftOut(measure.LeftOutCount)}</p>
      )}
    </section>
  );
}

function Daily(props: MeasureCardProps & { measure: Measure; title: string }): JSX.Element {
  const { name, measure, title } = props;
  const words = hubStrings.measures;
  const rows = [...measure.Daily].sort((one, other) => other.Day.localeCompare(one.Day));
  return (
    <>
      <LazyChart loading={words.loadingChart} failed={words.noChart}>
        <MeasureChart
          daily={measure.Daily}
          from={props.from}
          to={props.to}
          label={words.chart(title)}
          shape={measureKind(name) === 'duration' ? 'line' : 'bars'}
          valueText={(value) => axisText(name, value)}
          dayText={props.dayText}
        />
      </LazyChart>
      <details className="measure-table">
        <summary>{words.table}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be in reach of the keyboard */}
        <section className="measure-table-scroller" aria-label={words.tableLabel(title)} tabIndex={0}>
          <table className="plain-table" aria-label={words.tableLabel(title)}>
            <thead>
              <tr>
                {Object.values(words.columns).map((text) => (
                  <th key={text} scope="col">
                    {text}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ Day, Value, Counted }) => (
                <tr key={Day}>
                  <th scope="row">{Day}</th>
                  <td>{dailyText(name, Value)}</td>
                  <td>{Counted}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </>
  );
}
