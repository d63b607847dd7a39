import '@testing-library/jest-dom';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ProjectSettings, SavedSettings, SettingsPreview } from '../../../api/introspection/contract.ts';
import { playBrowser } from '../browser.ts';
import { environments, project, time } from './builders.ts';
import { openHub, Refusal } from './open-hub.tsx';

beforeEach(playBrowser);

const settings: ProjectSettings = {
  Services: [
    { Name: 'cart', Pipelines: ['cart-*'], Repositories: [], Payloads: [] },
    { Name: 'orders', Pipelines: ['orders-ci', 'orders-nightly'], Repositories: ['orders'], Payloads: [] },
  ],
  Environments: [{ Name: 'prod', Tier: 'production', Aliases: ['live'] }],
  MetadataRepositories: ['hld'],
  ManifestRepositories: [],
};
const saved = (changes: Partial<SavedSettings> = {}): SavedSettings => ({
  ADOOrganizationName: project.organization,
  ADOProjectId: project.project,
  Version: 3,
  SavedBy: 'Ada Lovelace',
  SavedTime: time(7),
  Settings: settings,
  ...changes,
});
const preview: SettingsPreview = {
  Services: [
    {
      Name: 'cart',
      Guessed: false,
      Pipelines: ['cart-ci'],
      Repositories: ['storefront'],
      Ambiguous: ['shared-ci'],
    },
    { Name: 'worker-ci', Guessed: true, Pipelines: ['worker-ci'], Repositories: [], Ambiguous: [] },
  ],
  Environments: [
    { Name: 'prod', Tier: 'production', Guessed: false, Matches: ['live', 'prod'], Ambiguous: ['live'] },
    { Name: 'dev', Tier: 'development', Guessed: true, Matches: [], Ambiguous: [] },
  ],
  Unmatched: ['orders-nightly'],
};

const open = (changed: Record<string, unknown> = {}) =>
  openHub({ pivot: 'settings' }, { settings: saved(), 'settings/preview': preview, ...changed });
const click = async (name: string) => userEvent.click(await screen.findByRole('button', { name }));

describe('the settings of a project', () => {
  it('say who saved them, and stand in a form', async () => {
    open();
    expect(await screen.findByText('Saved by Ada Lovelace on', { exact: false })).toBeVisible();
    expect(screen.getByRole('textbox', { name: 'Pipelines of orders' })).toHaveValue(
      'orders-ci\norders-nightly',
    );
    expect(screen.getByRole('combobox', { name: 'Tier of prod' })).toHaveValue('production');
    expect(screen.getByRole('textbox', { name: 'Metadata repositories (HLD)' })).toHaveValue('hld');
  });

  it('show what they would match before they can be saved', async () => {
    const { sent } = open();
    expect(await screen.findByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
    await userEvent.type(screen.getByRole('textbox', { name: 'Pipelines of cart' }), '\nbasket-*');
    await click('Preview');
    const part = await screen.findByRole('region', { name: 'What these settings match' });
    expect(within(part).getByRole('row', { name: /^cart/ })).toHaveTextContent('cart cart-ci, storefront');
    expect(within(part).getByRole('row', { name: /^dev guessed/ })).toHaveTextContent('nothing known');
    expect(within(part).getByText('These patterns match nothing known: orders-nightly.')).toBeVisible();
    expect(
      within(part).getByText('Several environments match live; each is counted to the first environment.'),
    ).toBeVisible();
    expect(within(part).getByText(/match shared-ci/)).toBeVisible();
    expect(sent).toEqual([
      {
        method: 'POST',
        body: {
          Settings: {
            ...settings,
            Services: [{ ...settings.Services[0], Pipelines: ['cart-*', 'basket-*'] }, settings.Services[1]],
          },
        },
      },
    ]);
    await userEvent.type(screen.getByRole('textbox', { name: 'Name of cart' }), 's');
    expect(screen.queryByRole('region', { name: 'What these settings match' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
  });

  it('are saved in place of the version that was shown, and then of the new one', async () => {
    const { sent } = open({ saving: saved({ Version: 4, SavedBy: 'Grace Hopper' }) });
    await click('Move orders up');
    await click('Preview');
    await screen.findByRole('region', { name: 'What these settings match' });
    await click('Save');
    expect(await screen.findByText('Saved. The views follow within a minute.')).toBeVisible();
    expect(screen.getByText('Saved by Grace Hopper on', { exact: false })).toBeVisible();
    await click('Save');
    await waitFor(() => expect(sent).toHaveLength(3));
    const [, first, second] = sent;
    expect(first).toMatchObject({ method: 'PUT', body: { Version: 3 } });
    expect(first).toMatchObject({
      body: { Settings: { Services: [{ Name: 'orders' }, { Name: 'cart' }] } },
    });
    expect(second).toMatchObject({ method: 'PUT', body: { Version: 4 } });
  });

  it('take over guesses, and can be added to and removed from', async () => {
    open();
    await click('Preview');
    await click('Take over the guesses');
    expect(screen.getByRole('textbox', { name: 'Pipelines of worker-ci' })).toHaveValue('worker-ci');
    expect(screen.getByRole('combobox', { name: 'Tier of dev' })).toHaveValue('development');
    await click('Remove worker-ci');
    expect(screen.queryByRole('textbox', { name: 'Name of worker-ci' })).toBeNull();
    await click('Add a service');
    await userEvent.type(screen.getByRole('textbox', { name: 'Name of entry 3' }), 'mail');
    expect(screen.getByRole('textbox', { name: 'Payloads of mail' })).toBeVisible();
    await click('Add an environment');
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Tier of entry 3' }), 'test');
    expect(screen.getByRole('combobox', { name: 'Tier of entry 3' })).toHaveValue('test');
  });

  it.each([
    [409, /^Somebody else saved settings in the meantime/],
    [403, /needs the permission to edit pipelines/],
    [404, /does not know this project any more/],
    [500, /^That did not work: No\./],
  ])('say what is wrong when saving is answered with %i', async (status, words) => {
    open({ saving: new Refusal(status) });
    await click('Preview');
    await screen.findByRole('region', { name: 'What these settings match' });
    await click('Save');
    expect(await screen.findByRole('alert')).toHaveTextContent(words);
  });

  it('name every mistake', async () => {
    open({
      'settings/preview': new Refusal(400, { target: 'Settings.Services[0].Name', message: 'is empty' }),
    });
    await click('Preview');
    expect(await screen.findByRole('alert')).toHaveTextContent('Settings.Services[0].Name: is empty');
  });

  it('can be loaded again after a conflict', async () => {
    const { answers } = open({ saving: new Refusal(409) });
    await click('Preview');
    await screen.findByRole('region', { name: 'What these settings match' });
    await click('Save');
    answers.settings = saved({ Version: 9, Settings: { ...settings, Services: [] } });
    await click('Load theirs, and lose these changes');
    await waitFor(() => expect(screen.queryByRole('textbox', { name: 'Name of cart' })).toBeNull());
  });

  it('are where the matrix leads for guesses', async () => {
    const usual = environments();
    const guessed = usual.Services.map((one) => ({ ...one, Guessed: true }));
    openHub({}, { environments: environments({ Services: guessed }), settings: saved({ SavedTime: null }) });
    await userEvent.click(await screen.findByRole('button', { name: 'Settings' }));
    expect(await screen.findByText('No settings have been saved yet.')).toBeVisible();
  });
});
