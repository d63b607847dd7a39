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
    record(value, attributes);
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
        for (const { value, attributes } of await read()) result.observe(value, attributes);
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
