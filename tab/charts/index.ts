/** The charts, in a file of their own that is loaded when the first one is shown. */
export { ChainPicture } from './ChainPicture.tsx';
export { MeasureChart } from './MeasureChart.tsx';
