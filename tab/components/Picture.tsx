/** Small pictures for pages without rows, in the colours of the theme. */
import * as React from 'react';
import './Picture.css';

/** The subject of a picture. */
export type Tone = 'waiting' | 'search' | 'locked' | 'problem' | 'setup';

export function Picture(props: { tone: Tone }): JSX.Element {
  return (
    <svg
      className="picture"
      viewBox="0 0 160 120"
      width="160"
      height="120"
      aria-hidden="true"
      focusable="false"
    >
      <ellipse className="picture-shade" cx="80" cy="106" rx="62" ry="7" />
      <rect className="picture-card" x="22" y="26" width="116" height="72" rx="6" />
      <rect className="picture-bar" x="22" y="26" width="116" height="14" rx="6" />
      <circle className="picture-dot" cx="32" cy="33" r="2.5" />
      <circle className="picture-dot" cx="41" cy="33" r="2.5" />
      {drawings[props.tone]}
    </svg>
  );
}

const line = (x: number, y: number, width: number) => (
  <rect key={`${x}-${y}`} className="picture-line" x={x} y={y} width={width} height="5" rx="2.5" />
);
const lines = [line(50, 53, 74), line(50, 66, 54), line(50, 79, 64)];

const drawings: Record<Tone, React.ReactNode> = {
  waiting: (
    <>
      {lines}
      {[55.5, 68.5, 81.5].map((y) => (
        <circle key={y} className="picture-ring" cx="38" cy={y} r="4" />
      ))}
      <path className="picture-accent" d="M122 70 l16 8 -16 8 4 -8z" transform="rotate(-35 128 78)" />
    </>
  ),
  search: (
    <>
      {lines}
      <circle className="picture-lens" cx="108" cy="72" r="18" />
      <path className="picture-handle" d="M121 85 l13 13" />
    </>
  ),
  locked: (
    <>
      <path className="picture-lens" d="M70 66 v-6 a10 10 0 0 1 20 0 v6" />
      <rect className="picture-accent" x="63" y="65" width="34" height="24" rx="4" />
      <circle className="picture-hole" cx="80" cy="77" r="3.5" />
    </>
  ),
  problem: (
    <>
      {lines}
      <circle className="picture-accent" cx="122" cy="82" r="17" />
      <rect className="picture-hole" x="120" y="72" width="4" height="12" rx="2" />
      <circle className="picture-hole" cx="122" cy="90" r="2.4" />
    </>
  ),
  setup: (
    <>
      {lines}
      <rect className="picture-track" x="44" y="50" width="72" height="9" rx="4.5" />
      <circle className="picture-accent" cx="96" cy="54.5" r="7" />
      <rect className="picture-track" x="44" y="74" width="72" height="9" rx="4.5" />
      <circle className="picture-accent" cx="62" cy="78.5" r="7" />
    </>
  ),
};
