/** A measure by day: bars over the whole period, so that days without deployments are gaps. */
import { scaleLinear, scaleUtc } from 'd3-scale';
import { line } from 'd3-shape';
import * as React from 'react';
import type { Measure } from '../../api/introspection/contract.ts';
import './charts.css';

interface MeasureChartProps {
  readonly daily: Measure['Daily'];
  /** First and last moment of the period, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
  /** Points with a line for times in seconds, whose amounts do not add up; bars for everything else. */
  readonly shape: 'bars' | 'line';
  /** A value as the axis writes it. */
  readonly valueText: (value: number) => string;
  /** A day as the axis writes it. */
  readonly dayText: (instant: number) => string;
}

const size = { width: 320, height: 120 };
const inner = { left: 44, right: 8, top: 8, bottom: 20 };
const dayLength = 24 * 60 * 60 * 1000;
/** Steps between times that people count in, in seconds. */
const timeSteps = [
  1, 10, 60, 300, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000,
];
const mostSteps = 4;

export function MeasureChart(props: MeasureChartProps): JSX.Element {
  const { daily, from, to, valueText, dayText } = props;
  const x = scaleUtc()
    .domain([new Date(from), new Date(to)])
    .range([inner.left, size.width - inner.right]);
  const highest = Math.max(0, ...daily.map(({ Value }) => Value));
  const y = scaleLinear()
    .domain([0, highest || 1])
    .range([size.height - inner.bottom, inner.top]);
  const ticks = props.shape === 'line' ? timeTicks(highest) : y.nice(3).ticks(3);
  if (props.shape === 'line') y.domain([0, ticks[ticks.length - 1] || 1]);
  const days = daily
    .map(({ Day, Value }) => ({
      key: Day,
      middle: x(new Date(Date.parse(Day) + dayLength / 2)),
      value: Value,
    }))
    .sort((one, other) => one.middle - other.middle);
  const barWidth = Math.max(2, (x(new Date(from + dayLength)) - x(new Date(from))) * 0.8);
  const path = line<(typeof days)[number]>()
    .x((day) => day.middle)
    .y((day) => y(day.value));
  return (
    <svg
      className="measure-chart"
      role="img"
      aria-label={props.label}
      viewBox={`0 0 ${size.width} ${size.height}`}
    >
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            className="chart-grid"
            x1={inner.left}
            x2={size.width - inner.right}
            y1={y(tick)}
            y2={y(tick)}
          />
          <text className="chart-axis" x={inner.left - 6} y={y(tick) + 3} textAnchor="end">
            {valueText(tick)}
          </text>
        </g>
      ))}
      {[from, to].map((instant, index) => (
        <text
          key={instant}
          className="chart-axis"
          x={index === 0 ? inner.left : size.width - inner.right}
          y={size.height - 4}
          textAnchor={index === 0 ? 'start' : 'end'}
        >
          {dayText(instant)}
        </text>
      ))}
      {props.shape === 'line' && <path className="chart-line" d={path(days) ?? ''} />}
      {days.map(({ key, middle, value }) =>
        props.shape === 'line' ? (
          <circle key={key} className="chart-point" cx={middle} cy={y(value)} r="2.5" />
        ) : (
          <rect
            key={key}
            className="chart-bar"
            x={middle - barWidth / 2}
            y={Math.min(y(value), y(0) - 1)}
            width={barWidth}
            height={Math.max(1, y(0) - y(value))}
          />
        ),
      )}
    </svg>
  );
}

function timeTicks(highest: number): number[] {
  const step = timeSteps.find((one) => one * mostSteps >= highest) ?? highest / mostSteps;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step);
}
