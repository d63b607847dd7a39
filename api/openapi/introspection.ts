/** Introspection in the OpenAPI document: its lookups from their parameters and paths, and the changes of settings. */
import { introspectionParameters } from '../introspection/parameters.ts';
import {
  type IntrospectionLookupName,
  introspectionLookupNames,
  introspectionPaths,
} from '../introspection/paths.ts';
import { notFoundExample } from './examples.ts';
import { introspectionExamples, previewExample, savedSettingsExample } from './introspection-examples.ts';
import { lookupObject, parametersOf } from './lookups.ts';
import { answer, busy, defect, failure, type Operation, reference, type Tag } from './operation.ts';

export const introspectionTag: Tag = {
  name: 'introspection',
  description: 'Where everything in a project is now, how it got there, and how that can be measured.',
};

interface Description {
  readonly summary: string;
  readonly schema: string;
  readonly found: string;
  readonly unknown: string;
}

const projectUnknown = 'The project is not known.';

const descriptions: Readonly<Record<IntrospectionLookupName, Description>> = {
  environments: {
    summary: 'What is in each environment, now or at a time',
    schema: 'Environments',
    found: 'A page of services, each with its cells.',
    unknown: projectUnknown,
  },
  services: {
    summary: 'The services of a project',
    schema: 'Services',
    found: 'All of them, by name.',
    unknown: projectUnknown,
  },
  deployments: {
    summary: 'Deployments of builds to environments, with how they came to be',
    schema: 'Changes',
    found: 'A page of them, newest first; none where nothing matches.',
    unknown: projectUnknown,
  },
  news: {
    summary: 'What a deployment brought that the one before it did not have',
    schema: 'News',
    found: 'Its commits, pull requests and work items.',
    unknown: 'No such deployment of the service to the environment is known.',
  },
  commit: {
    summary: 'How far a commit has come',
    schema: 'Whereabouts',
    found: 'The chain of its steps, and which environments hold it.',
    unknown: 'The commit is not known.',
  },
  pullRequest: {
    summary: 'How far a pull request has come',
    schema: 'Whereabouts',
    found: 'The chain of its steps, and which environments hold it.',
    unknown: 'The pull request is not known.',
  },
  workItem: {
    summary: 'How far a work item has come',
    schema: 'Whereabouts',
    found: 'The chain of its steps, and which environments hold all of it.',
    unknown: 'No build is known to contain the work item.',
  },
  measures: {
    summary: 'Measures of delivery: frequency, lead time, failures, recovery, rework',
    schema: 'Measures',
    found: 'Each measure over all, and by service and environment.',
    unknown: projectUnknown,
  },
  settings: {
    summary: 'What the services and environments of a project are',
    schema: 'SavedSettings',
    found: 'The settings that were saved last; version 0 if there are none.',
    unknown: 'The caller may not know of the project.',
  },
};

const lookups = introspectionLookupNames.map((name): Operation => {
  const { unknown } = descriptions[name];
  const target = unknown === projectUnknown || name === 'settings' ? 'adoProjectId' : 'id';
  return {
    method: 'get',
    path: introspectionPaths[name].replace(':id', '{id}'),
    tag: introspectionTag.name,
    object: lookupObject({
      ...descriptions[name],
      id: name,
      parameters: introspectionParameters[name],
      example: introspectionExamples[name],
      unknownExample: notFoundExample('Not Found', target, unknown),
      invalid:
        'A parameter is missing, repeated, malformed or too long, or the data refuses it: a time before the horizon, an id that means several things. `details` has one entry for each.',
    }),
  };
});

const changeFailures = {
  400: failure(
    'A parameter or the body is wrong. `details` has one entry for each mistake, at most 20; `message` counts the rest.',
  ),
  401: failure('There is no valid token.'),
  403: failure('The caller may not edit the pipelines of the project.'),
  404: failure(
    'The caller may not know of the project.',
    {},
    notFoundExample('Not Found', 'adoProjectId', projectUnknown),
  ),
  413: failure('The body is larger than 1 MiB.'),
  500: defect,
  ...busy,
};

const { Settings: settings, Version: version } = savedSettingsExample;

const changes: readonly Operation[] = [
  {
    method: 'put',
    path: introspectionPaths.settings,
    tag: introspectionTag.name,
    object: {
      operationId: 'saveSettings',
      summary: 'Replace the settings of a project',
      description:
        'For whoever may edit pipelines of the project. Names the version that it replaces; if somebody saved since, nothing is saved.',
      parameters: parametersOf(introspectionParameters.settings),
      requestBody: {
        required: true,
        description: 'The settings, and the version that they replace: 0 for the first.',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['Version', 'Settings'],
              properties: {
                Version: { type: 'integer', minimum: 0, description: 'The version that is replaced.' },
                Settings: reference('ProjectSettings'),
              },
              additionalProperties: false,
            },
            example: { Version: version - 1, Settings: settings },
          },
        },
      },
      responses: {
        200: answer('The settings as they are now.', reference('SavedSettings'), savedSettingsExample),
        409: failure('Somebody saved settings since; `currentVersion` is theirs.'),
        ...changeFailures,
      },
    },
  },
  {
    method: 'post',
    path: introspectionPaths.settingsPreview,
    tag: introspectionTag.name,
    object: {
      operationId: 'previewSettings',
      summary: 'What settings would match',
      description: 'For whoever may edit pipelines of the project. Saves nothing.',
      parameters: parametersOf(introspectionParameters.settings),
      requestBody: {
        required: true,
        description: 'The settings.',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['Settings'],
              properties: { Settings: reference('ProjectSettings') },
              additionalProperties: false,
            },
            example: { Settings: settings },
          },
        },
      },
      responses: {
        200: answer('What they match.', reference('SettingsPreview'), previewExample),
        ...changeFailures,
      },
    },
  },
];

export const introspectionOperations: readonly Operation[] = [...lookups, ...changes];
