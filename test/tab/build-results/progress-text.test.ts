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

const running = { progress, state: 'inProgress', entityType: 'region' } as const;
const ended = { progress, state: 'failed', entityType: 'region' } as const;

describe('the progress of a deployment', () => {
  it('is short in the table', () => {
    expect(progressText(ended)).toBe('12 of 18 regions, 1 failed');
    expect(progressText({ ...ended, progress: { ...progress, Failed: 0 } })).toBe('12 of 18 regions');
  });

  it('says that more may come while the deployment runs', () => {
    expect(progressText(running)).toBe('12 of 18 so far, 1 failed');
    expect(progressSentence(running)).toBe(
      '12 of 18 regions seen so far succeeded, 1 failed, 2 in progress, 2 not started, 1 in an unknown state.',
    );
  });

  it('names every state that occurs in the details', () => {
    expect(progressSentence(ended)).toBe(
      '12 of 18 regions succeeded, 1 failed, 2 in progress, 2 not started, 1 in an unknown state.',
    );
  });

  it('speaks of parts where they are of several types, or of one that has no plural here', () => {
    expect(progressText({ ...ended, entityType: undefined })).toBe('12 of 18 parts, 1 failed');
    expect(progressText({ ...ended, entityType: 'constructor' })).toBe('12 of 18 parts, 1 failed');
  });

  it('is shown only if there is more than one part', () => {
    expect(aRow({ Progress: progress }).progress).toEqual(progress);
    expect(aRow({ Progress: { ...progress, Total: 1 } }).progress).toBeUndefined();
    expect(aRow().progress).toBeUndefined();
  });
});
