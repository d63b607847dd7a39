import '@testing-library/jest-dom';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';
import type { Settings } from '../../../tab/host/settings.ts';
import { SettingsPage, type SettingsStore } from '../../../tab/settings/SettingsPage.tsx';
import { playBrowser } from '../browser.ts';

/** The page over a store that remembers what was written. */
function openSettings(stored: Settings | undefined, changes: Partial<SettingsStore> = {}): Settings[] {
  const written: Settings[] = [];
  const store: SettingsStore = {
    read: async () => stored,
    write: async (settings) => void written.push(settings),
    ...changes,
  };
  render(<SettingsPage store={store} />);
  return written;
}

const url = () => screen.findByRole('textbox', { name: 'URL of the Deployments service' });
const clientId = () => screen.findByRole('textbox', { name: 'Application (client) id' });
const save = async () => userEvent.click(await screen.findByText('Save'));
const someId = '4f2d3c1b-0a9e-4b8d-8c7f-6e5d4c3b2a10';

beforeEach(playBrowser);

describe('the settings page', () => {
  it('shows what is stored and stores what is entered', async () => {
    const written = openSettings({ serviceUrl: 'https://old.example', clientId: '' });
    expect(await screen.findByDisplayValue('https://old.example')).toBeVisible();
    await userEvent.clear(await url());
    await userEvent.type(await url(), 'https://new.example/api/');
    await userEvent.type(await clientId(), someId);
    await save();
    expect(await screen.findByText('Saved.')).toBeVisible();
    expect(written).toEqual([{ serviceUrl: 'https://new.example/api', clientId: someId }]);
  });

  it('says what is wrong and stores nothing', async () => {
    const written = openSettings(undefined);
    await userEvent.type(await url(), 'http://plain.example');
    await userEvent.type(await clientId(), 'not a guid');
    await save();
    expect(await screen.findByText(/^Enter an https URL/)).toBeVisible();
    expect(screen.getByText(/^Enter a GUID/)).toBeVisible();
    expect(written).toEqual([]);
  });

  it('says why when the settings cannot be read or stored', async () => {
    openSettings(undefined, { read: () => Promise.reject(new Error('settings: no response within 10 s')) });
    expect(
      await screen.findByText('Could not load the settings: settings: no response within 10 s'),
    ).toBeVisible();
    openSettings(
      { serviceUrl: 'https://a.example', clientId: '' },
      { write: () => Promise.reject(new Error('not an administrator')) },
    );
    await screen.findByDisplayValue('https://a.example');
    await userEvent.click(screen.getAllByText('Save')[1] ?? document.body);
    expect(await screen.findByText('Could not save the settings: not an administrator')).toBeVisible();
  });

  it('says that every user can change the settings, and what the extension does about that', async () => {
    openSettings(undefined);
    expect(await screen.findByText(/every user of the organization/)).toHaveTextContent(
      /asked to confirm the address once, and no token is sent to it/,
    );
  });

  it('has nothing to set in an extension that was packed for a service', () => {
    const read = jest.fn(async () => undefined);
    render(
      <SettingsPage store={{ read, write: async () => undefined }} packedUrl="https://packed.example" />,
    );
    expect(screen.getByText(/packed for the service at https:\/\/packed\.example/)).toBeVisible();
    expect(screen.queryByRole('textbox')).toBeNull();
    expect(read).not.toHaveBeenCalled();
  });
});
