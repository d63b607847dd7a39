/**
 * The specification's example: build 85084651, eight rollouts of ContainerApps. The rollouts, their times,
 * states and owner are those of the example; the regions below them are made up.
 */
import {
  type BuildName,
  type Ev2Payload,
  ev2Change,
  ev2Progress,
  type RawEvents,
  together,
} from './events.ts';

export const sampleBuild: BuildName = {
  organization: 'msazure',
  project: 'b32aa71e-8ed2-41b2-9d77-5bc261222004',
  id: 85084651,
};

export const samplePayload: Ev2Payload = {
  serviceTreeId: 'df36aee8-c644-400b-a0ab-fd0f1191211d',
  serviceGroup: 'ContainerApps',
  buildNumber: '1.2.1450.0',
};

/** Started (and, according to the example, ended) at `start`; last updated at `updated`. */
export const sampleRollouts = [
  rollout('6afbe798-8617-4097-8fc4-dabf6d3b6b73', '07:17:51.0000000', '07:44:36.7159282', 'failed'),
  rollout('b27ae913-1f19-4df8-8153-514af777e2f5', '06:33:41.0000000', '07:09:36.7119570', 'failed'),
  rollout('8527bbf1-6c36-4edf-bd2b-2e9fc7c1f28b', '08:45:11.0000000', '09:09:36.8373008', 'failed'),
  rollout('f943b37f-d159-47b9-b5c7-10a94fe7921b', '08:19:08.0000000', '08:49:36.7187915', 'failed'),
  rollout('820c6d27-d5a5-484e-869c-2e901b906a80', '07:50:26.0000000', '08:14:36.7361635', 'failed'),
  rollout('0220d503-93eb-4d5a-8ebd-5f45dbda5d75', '13:29:45.0000000', '14:09:36.7245944', 'completed'),
  rollout('0930d4da-4944-469a-a0a8-8d57f93ce68a', '11:46:56.0000000', '12:29:36.7158383', 'failed'),
  rollout('dc95c2e3-ecc3-46df-9cf7-ea44bf908253', '12:49:13.0000000', '13:14:36.7275255', 'failed'),
];

/** Ev2's reports on the example: first both regions in progress, then one done, then the outcome of the other. */
export function sampleEvents(): RawEvents {
  return together(
    sampleRollouts.flatMap(({ id, start, updated, state }) => [
      ev2Change(sampleBuild, samplePayload, id, start),
      ev2Progress(samplePayload, id, [
        { entity: 'eastus2', state: 'InProgress', start, modified: start },
        { entity: 'westeurope', state: 'InProgress', start, modified: start },
        { entity: 'eastus2', state: 'completed', start, end: start, modified: minutesBefore(updated, 10) },
        { entity: 'westeurope', state, start, end: start, modified: updated },
      ]),
    ]),
  );
}

function rollout(id: string, start: string, updated: string, state: string) {
  return { id, start: `2024-01-02T${start}Z`, updated: `2024-01-02T${updated}Z`, state };
}

function minutesBefore(time: string, minutes: number): Date {
  return new Date(Date.parse(time) - minutes * 60_000);
}
