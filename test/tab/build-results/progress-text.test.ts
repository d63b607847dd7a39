import { progressSentence, progressText } from '../../../tab/build-results/progress-text.ts';
import { aRow } from '../builders.ts';

const progress = {
  Total: 18,
  NotStarted: 2,
  InProgress: 2,
  Blocked: 0,
  Succeeded: 12,
  Failed: 1,
  Canceled: 0,
  Unknown: 1,
};

describe('the progress of a deployment', () => {
  it('is short in the table', () => {
    expect(progressText(progress)).toBe('12 of 18, 1 failed');
    expect(progressText({ ...progress, Failed: 0 })).toBe('12 of 18');
  });

  it('names every state that occurs in the details, and says that more parts may come', () => {
    expect(progressSentence(progress)).toBe(
      '12 of 18 parts reported so far succeeded, 1 failed, 2 in progress, 2 not started, 1 in an unknown state.',
    );
  });

  it('is shown only if there is more than one part', () => {
    expect(aRow({ Progress: progress }).progress).toEqual(progress);
    expect(aRow({ Progress: { ...progress, Total: 1 } }).progress).toBeUndefined();
    expect(aRow().progress).toBeUndefined();
  });
});
