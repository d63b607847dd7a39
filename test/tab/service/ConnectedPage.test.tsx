import '@testing-library/jest-dom';
import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HostError } from '../../../tab/host/time-limit.ts';
import { playBrowser } from '../browser.ts';
import { openHub } from '../hub/open-hub.tsx';

beforeEach(() => {
  playBrowser();
  localStorage.clear();
});

const heading = (name: string) => screen.findByRole('heading', { level: 1, name });

describe('a page beside the build tab', () => {
  it('says that nobody has set up a service', async () => {
    const { requests } = openHub({}, {}, { readService: async () => undefined });
    await heading('Deployments is not set up for this organization');
    expect(requests).toEqual([]);
  });

  it('says what the host said when it refuses, and when it fails', async () => {
    openHub({}, {}, { connect: () => Promise.reject(new HostError('refused', 'Not allowed here.')) });
    await heading('Azure DevOps did not load this page');
    expect(screen.getByText('Not allowed here.')).toBeVisible();
  });

  it('says that the host is slow, and goes on when it answers after all', async () => {
    jest.useFakeTimers();
    let answer: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    openHub(
      {},
      {},
      { connect: () => late.then(() => ({ organization: 'contoso', projectId: 'p', locale: 'en-US' })) },
    );
    await act(() => jest.advanceTimersByTimeAsync(10_001));
    expect(screen.getByRole('heading', { name: 'Azure DevOps is not responding' })).toBeVisible();
    jest.useRealTimers();
    answer();
    expect(await screen.findByRole('grid')).toBeVisible();
  });

  it('asks a service that anybody may have named only after the user has confirmed it, and without a token', async () => {
    const { requests, tokens } = openHub(
      {},
      {},
      { readService: async () => ({ url: 'https://deployments.example', trust: 'suggested' }) },
    );
    await heading('Is this your Deployments service?');
    expect(requests).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Use this service' }));
    expect(await screen.findByRole('grid')).toBeVisible();
    expect(tokens).toEqual([null]);
  });

  it('sends the token of the extension to the service that it was packed for', async () => {
    const { tokens } = openHub();
    expect(await screen.findByRole('grid')).toBeVisible();
    expect(tokens).toEqual(['Bearer token-1']);
  });

  it('starts with the defaults where the address cannot be read', async () => {
    openHub({}, {}, { readAddress: () => Promise.reject(new HostError('failed', 'no')) });
    expect(await screen.findByRole('grid')).toBeVisible();
  });
});
