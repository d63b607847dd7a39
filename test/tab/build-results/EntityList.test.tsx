/** The list of entities in the details, in a page without a size. */
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import * as React from 'react';
import type { LookupAnswer } from '../../../api/client.ts';
import type { DeploymentEntities, Entity } from '../../../api/contract.ts';
import { EntityList } from '../../../tab/build-results/EntityList.tsx';
import { entityRows, filterEntities } from '../../../tab/build-results/entity-row.ts';
import type { EntitiesOf } from '../../../tab/build-results/use-entities.ts';
import { playBrowser } from '../browser.ts';
import { aRow } from '../builders.ts';

beforeEach(playBrowser);

function anEntity(changes: Partial<Entity> = {}): Entity {
  return {
    Type: 'Region',
    Id: 'eastus',
    State: 'succeeded',
    ChangeState: 'Completed',
    Payload: 'shop=1',
    StartTime: '2024-01-02T07:00:00.0000000Z',
    EndTime: '2024-01-02T07:30:00.0000000Z',
    LastUpdateTime: '2024-01-02T07:31:00.0000000Z',
    PlannedInterruption: 'None',
    ImpactDuration: '',
    ...changes,
  };
}

function aBody(Entities: Entity[], changes: Partial<DeploymentEntities> = {}): DeploymentEntities {
  const none = { NotStarted: 0, InProgress: 0, Blocked: 0, Failed: 0, Canceled: 0, Unknown: 0 };
  return {
    DeploymentSource: 'expressv2',
    DeploymentId: 'Shop/1',
    State: 'succeeded',
    Progress: { Total: Entities.length, Succeeded: Entities.length, ...none },
    Payloads: [{ Id: 'shop=1', ProgressionLink: 'https://progress.example/shop' }],
    Entities,
    ...changes,
  };
}

function found(body: DeploymentEntities): LookupAnswer<DeploymentEntities> {
  const known = { changed: true, skipped: [], etag: '"1"', staleSeconds: undefined, traceId: undefined };
  return { kind: 'found', body, ...known };
}

const failedAndDone = [anEntity({ Id: 'westus', State: 'failed', ChangeState: 'Failed' }), anEntity()];
const names = () =>
  [...document.querySelectorAll('[data-entity]')].map((row) => row.getAttribute('data-entity'));
const show = (entitiesOf: EntitiesOf, row = aRow({ Id: 'Shop/1', EntityType: 'Region' })) =>
  render(<EntityList row={row} entitiesOf={entitiesOf} />);

describe('the entities of a deployment', () => {
  it('are listed in the order of the answer, with state, name, times and a link', async () => {
    show(async () => found(aBody(failedAndDone)));
    const [failed, done] = await screen.findAllByRole('row', { name: /Failed|Succeeded/ });
    expect(failed?.textContent).toMatch(/^Failedwestus.*30m/);
    expect(done?.textContent).toMatch(/^Succeededeastus/);
    expect(screen.getAllByRole('link')[0]?.getAttribute('href')).toBe('https://progress.example/shop');
    expect(screen.getByRole('table', { name: 'regions of Shop/1' }).getAttribute('aria-rowcount')).toBe('3');
  });

  it('are filtered by name and by state', async () => {
    show(async () => found(aBody(failedAndDone)));
    fireEvent.change(await screen.findByRole('searchbox'), { target: { value: ' EAST' } });
    expect(names()).toEqual(['eastus']);
    expect(screen.getByRole('status').textContent).toBe('1 of 2 shown');
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: '' } });
    fireEvent.change(screen.getByRole('combobox'), { target: { value: 'failed' } });
    expect(names()).toEqual(['westus']);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'east' } });
    expect(screen.getByRole('status').textContent).toBe('Nothing matches the filter.');
  });

  it('are walked through with the arrow keys, one row in the tab order', async () => {
    show(async () => found(aBody(failedAndDone)));
    const [first, second] = await screen.findAllByRole('row', { name: /Failed|Succeeded/ });
    expect([first?.tabIndex, second?.tabIndex]).toEqual([0, -1]);
    first?.focus();
    fireEvent.keyDown(first as Element, { key: 'ArrowDown', ctrlKey: true });
    fireEvent.keyDown(first as Element, { key: 'x' });
    expect(document.activeElement).toBe(first);
    fireEvent.keyDown(first as Element, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(second);
    expect([first?.tabIndex, second?.tabIndex]).toEqual([-1, 0]);
    first?.focus();
    expect(first?.tabIndex).toBe(0);
  });

  it('are loaded again with the deployment, and what is known is not sent again', async () => {
    const asked: unknown[] = [];
    const answers = [found(aBody(failedAndDone)), found(aBody([anEntity(), anEntity({ Id: 'westus' })]))];
    const entitiesOf: EntitiesOf = async (_, previous) =>
      answers[asked.push(previous) - 1] ?? found(aBody([]));
    const { rerender } = show(entitiesOf);
    await waitFor(() => expect(names()).toEqual(['westus', 'eastus']));
    rerender(<EntityList row={aRow({ Id: 'Shop/1', ChangeState: 'done' })} entitiesOf={entitiesOf} />);
    await waitFor(() => expect(names()).toEqual(['eastus', 'westus']));
    expect(asked).toEqual([undefined, answers[0]]);
  });

  it('can be asked for again when they could not be loaded', async () => {
    let fails = true;
    show(async () => {
      if (fails) throw new Error('away');
      return found(aBody(failedAndDone));
    });
    const retry = await screen.findByRole('button', { name: 'Try again' });
    fails = false;
    fireEvent.click(retry);
    await waitFor(() => expect(names()).toHaveLength(2));
  });

  it('stay when a refresh fails, and the list says so', async () => {
    let fails = false;
    const entitiesOf: EntitiesOf = async () => {
      if (fails) throw new Error('away');
      return found(aBody(failedAndDone));
    };
    const { rerender } = show(entitiesOf);
    await waitFor(() => expect(names()).toHaveLength(2));
    fails = true;
    rerender(<EntityList row={aRow({ Id: 'Shop/1', ChangeState: 'done' })} entitiesOf={entitiesOf} />);
    await screen.findByText(/^Could not refresh this list/);
    expect(names()).toHaveLength(2);
  });

  it('say so where there are more than one answer has', async () => {
    const body = aBody(failedAndDone, { ContinuationToken: 'x' });
    show(async () => found({ ...body, Progress: { ...body.Progress, Total: 6_000 } }));
    await screen.findByText('The first 2 of 6,000 are listed.');
  });
});

describe('a row of the list', () => {
  const rowOf = (changes: Partial<Entity>, link = 'https://progress.example/shop') =>
    entityRows(aBody([anEntity(changes)], { Payloads: [{ Id: 'shop=1', ProgressionLink: link }] }))[0];

  it('has no link that runs code, and none of another payload', () => {
    expect(rowOf({}, 'javascript:alert(1)')?.progressUrl).toBeUndefined();
    expect(rowOf({ Payload: 'other=2' })?.progressUrl).toBeUndefined();
  });

  it('keeps a state that it does not know as unknown, and leaves out what has no time', () => {
    expect(rowOf({ State: 'quarantined', StartTime: null, EndTime: null })).toMatchObject({
      state: 'unknown',
      start: undefined,
      end: undefined,
    });
  });

  it('tells an interruption, but not that there is none', () => {
    expect(rowOf({ PlannedInterruption: 'VM pause' })?.interruption).toBe('VM pause');
    expect(rowOf({})?.interruption).toBe('');
  });

  it('is found by a part of its name', () => {
    const rows = entityRows(aBody(failedAndDone));
    expect(filterEntities(rows, { text: 'WEST', state: '' })).toHaveLength(1);
    expect(filterEntities(rows, { text: '', state: 'failed' })).toHaveLength(1);
  });
});
