/** The instruments of the declared metrics; each is made when it is first used. */
import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import { type MetricDeclaration, metrics, type ObservedMetric, type RecordedMetric } from './metrics.ts';
import type { MetricObservation } from './telemetry.ts';

export class Instruments {
  readonly #meter: Meter;
  readonly #recorded = new Map<RecordedMetric, (value: number, attributes: Attributes) => void>();

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  record(name: RecordedMetric, value: number, attributes: Attributes): void {
    const record = this.#recorded.get(name) ?? this.#recorderOf(name);
    record(value, withoutUndefined(attributes));
  }

  observe<Name extends ObservedMetric>(
    name: Name,
    read: () => readonly MetricObservation<Name>[] | Promise<readonly MetricObservation<Name>[]>,
  ): void {
    const { kind, unit, description }: MetricDeclaration = metrics[name];
    const options = { unit, description };
    const instrument =
      kind === 'gauge'
        ? this.#meter.createObservableGauge(name, options)
        : this.#meter.createObservableCounter(name, options);
    instrument.addCallback(async (result) => {
      try {
        for (const { value, attributes } of await read()) result.observe(value, withoutUndefined(attributes));
      } catch {
        // What cannot be read now has no value now.
      }
    });
  }

  #recorderOf(name: RecordedMetric): (value: number, attributes: Attributes) => void {
    const { kind, unit, description, boundaries }: MetricDeclaration = metrics[name];
    const record =
      kind === 'counter'
        ? recorderOfCounter(this.#meter.createCounter(name, { unit, description }))
        : recorderOfHistogram(
            this.#meter.createHistogram(name, {
              unit,
              description,
              ...(boundaries && { advice: { explicitBucketBoundaries: [...boundaries] } }),
            }),
          );
    this.#recorded.set(name, record);
    return record;
  }
}

function recorderOfCounter(counter: Counter) {
  return (value: number, attributes: Attributes): void => counter.add(value, attributes);
}

function recorderOfHistogram(histogram: Histogram) {
  return (value: number, attributes: Attributes): void => histogram.record(value, attributes);
}

/** Exporters disagree about an attribute without a value: that of Azure Monitor sends the word "undefined". */
function withoutUndefined(attributes: Attributes): Attributes {
  const entries = Object.entries(attributes);
  return entries.some(([, value]) => value === undefined)
    ? Object.fromEntries(entries.filter(([, value]) => value !== undefined))
    : attributes;
}
