/** The way of a change: a picture of it, and a table with the same content. */
import * as React from 'react';
import type { Step } from '../../../api/introspection/contract.ts';
import { placementStateWord } from '../../components/PlacementMark.tsx';
import { durationText } from '../../components/times.ts';
import { ChainPicture, LazyChart } from '../LazyChart.tsx';
import { hubStrings } from '../strings.ts';
import { ChainTable } from './ChainTable.tsx';
import { kindName } from './kind-name.ts';
import './ChainWay.css';

export function ChainWay({ steps, andMore }: { steps: readonly Step[]; andMore: boolean }): JSX.Element {
  const words = hubStrings.chain;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be in reach of the keyboard */}
      <section className="chain-scroller" aria-label={words.title} tabIndex={0}>
        <LazyChart loading={words.loadingPicture} failed={words.noPicture}>
          <ChainPicture
            steps={steps}
            label={words.picture}
            kindName={kindName}
            stateWord={placementStateWord}
            duration={durationText}
          />
        </LazyChart>
      </section>
      {andMore && <p className="secondary-text">{words.andMore}</p>}
      <ChainTable steps={steps} />
    </>
  );
}
