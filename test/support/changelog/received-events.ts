/**
 * Events as people received them, cut to what is read, with names and ids replaced. Each says where its original was
 * published; documentation alone has proven wrong.
 */
import { randomUUID } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

const projectId = '5a9cc47d-0000-4000-8000-db0a28f4e08f';
const cloud = 'https://dev.azure.com/fabrikam/';

function envelope(eventType: string, publisherId: string, parts: Json): Json {
  return { id: randomUUID(), eventType, publisherId, resourceVersion: '5.1-preview.1', ...parts };
}

const cloudContainers: Json = {
  collection: { id: '543d3920-0000-4000-8000-82429a368899', baseUrl: cloud },
  account: { id: 'f86eb464-0000-4000-8000-7d60258377e9', baseUrl: cloud },
  project: { id: projectId, baseUrl: cloud },
};

/** The run of {@link receivedStage} and {@link receivedJob}. */
const run: Json = {
  _links: { web: { href: `${cloud}${projectId}/_build/results?buildId=5168` } },
  templateParameters: {},
  pipeline: { id: 377, revision: 1, name: 'Flywheel', folder: '\\' },
  state: 'inProgress',
  createdDate: '2025-09-05T17:20:29.0104512Z',
  url: `${cloud}${projectId}/_apis/pipelines/377/runs/5168`,
  resources: {
    repositories: {
      self: {
        repository: { id: '487e28f0-0000-4000-8000-a566eeca25e3', type: 'azureReposGit' },
        refName: 'refs/heads/master',
        version: 'c58505db78c16b9053653861cdcbd446ef4975ab',
      },
    },
  },
  id: 5168,
  name: '20250905.4',
};

/** From liatrio/liatrio-otel-collector: receiver/azuredevopsreceiver/testdata/example-stage-event.json */
export const receivedStage = envelope('ms.vss-pipelines.stage-state-changed-event', 'pipelines', {
  message: { text: 'Run 20250905.4 stage Deploy succeeded.' },
  resource: {
    stage: {
      id: 'd4a9a205-d52e-57fb-7b17-15a9d984af62',
      name: 'Deploy',
      displayName: 'Deployment Stage',
      attempt: 1,
      state: 'completed',
      result: 'succeeded',
      startTime: '2025-09-05T17:21:50.5066667Z',
      finishTime: '2025-09-05T17:22:17.2733333Z',
    },
    run,
    pipeline: run.pipeline,
    runId: 5168,
    stageName: 'Deploy',
    projectId,
    repositories: [{ alias: 'self', type: 'Git', url: 'https://fabrikam@dev.azure.com/fabrikam/x/_git/x' }],
  },
  resourceContainers: cloudContainers,
  createdDate: '2025-09-05T17:22:23.2923221Z',
});

/** From liatrio/liatrio-otel-collector: receiver/azuredevopsreceiver/testdata/example-job-event.json */
export const receivedJob = envelope('ms.vss-pipelines.job-state-changed-event', 'pipelines', {
  message: { text: 'Run 20250905.4 stage Deploy job Deploy to Production succeeded.' },
  resource: {
    projectId,
    job: {
      id: '563df155-79bb-5d6b-cf84-435946d74fed',
      name: 'Deploy to Production',
      attempt: 1,
      state: 'completed',
      result: 'succeeded',
      startTime: '2025-09-05T17:22:08.5966667Z',
      finishTime: '2025-09-05T17:22:14.1266667Z',
    },
    stage: {
      id: 'd4a9a205-d52e-57fb-7b17-15a9d984af62',
      name: 'Deploy',
      displayName: 'Deployment Stage',
      attempt: 1,
      state: 'running',
      startTime: '2025-09-05T17:21:50.5066667Z',
    },
    run,
    pipeline: run.pipeline,
  },
  resourceContainers: cloudContainers,
  createdDate: '2025-09-05T17:22:23.2738994Z',
});

/** From liatrio/liatrio-otel-collector: receiver/azuredevopsreceiver/testdata/example-pipeline-event.json */
export const receivedRun = envelope('ms.vss-pipelines.run-state-changed-event', 'pipelines', {
  message: { text: 'Run 20250903.1 in progress.' },
  resource: {
    projectId,
    run: {
      ...run,
      id: 5152,
      name: '20250903.1',
      resources: {
        repositories: {
          self: {
            repository: { fullName: 'Fabrikam/Azure-Pipelines', type: 'gitHub' },
            refName: 'refs/heads/azure-pipelines',
            version: '9c33bac1de43b87371817868501d6ee7b56bf3a9',
          },
        },
      },
    },
    pipeline: run.pipeline,
    stages: [{ name: '__default', attempt: 1, state: 'notStarted', startTime: null }],
    requestedFor: { displayName: 'Ada', uniqueName: 'ada@fabrikam.com' },
    queue: { id: 9, name: 'Azure Pipelines' },
    runId: 5152,
    repositories: [],
  },
  resourceContainers: cloudContainers,
  createdDate: '2025-09-03T17:39:35.0428261Z',
});

/** From andrebriggs/service-introspection: example-json/stage_state_change.json. It has no containers. */
export const receivedOldStage = envelope('ms.vss-pipelines.stage-state-changed-event', 'pipelines', {
  message: { text: 'Run 20191002.3 stage build running.' },
  resource: {
    stage: {
      _links: { web: { href: `${cloud}${projectId}/_build/results?buildId=480` } },
      id: '6884a131-87da-5381-61f3-d7acc3b91d76',
      name: 'build',
      displayName: 'build',
      state: 'running',
    },
    run: { id: 480, name: '20191002.3' },
    pipeline: { url: `${cloud}${projectId}/_apis/pipelines/7?revision=2`, id: 7, revision: 2, name: 'app' },
  },
  createdDate: '2019-10-02T20:10:39.1376851Z',
});

/** From andrebriggs/service-introspection: example-json/completed_build.json */
export const receivedBuild = envelope('build.complete', 'tfs', {
  message: { text: 'Build 20191002.2 succeeded' },
  resource: {
    uri: 'vstfs:///Build/Build/479',
    id: 479,
    buildNumber: '20191002.2',
    url: `${cloud}${projectId}/_apis/build/Builds/479`,
    startTime: '2019-10-02T19:54:05.5251454Z',
    finishTime: '2019-10-02T19:57:36.4530107Z',
    reason: 'individualCI',
    status: 'succeeded',
    drop: {},
    log: {},
    sourceGetVersion: 'LG:refs/heads/master:0ffb2ba5cefa3facdbb2c30df42fdb40afd294d8',
    definition: { definitionType: 'xaml', id: 7, name: 'app' },
    requests: [{ id: 479, requestedFor: { displayName: 'GitHub', uniqueName: String.raw`GitHub App\1` } }],
  },
  resourceVersion: '1.0',
  resourceContainers: cloudContainers,
  createdDate: '2019-10-02T19:57:48.7584186Z',
});

/**
 * A deployment of a classic release that started: the envelope and the release's names are from
 * MicrosoftDocs/azure-devops-docs, issue 7097; which fields hold the ids, from port-labs/ocean:
 * integrations/azure-devops/azure_devops/webhooks/webhook_processors/release_deployment_webhook_processor.py
 */
export const receivedReleaseStarted = envelope('ms.vss-release.deployment-started-event', 'rm', {
  message: { text: 'Deployment of release Release-430 to stage Test started.' },
  resource: {
    environment: {
      id: 9731,
      releaseId: 2214,
      name: 'Test',
      status: 'inProgress',
      deploySteps: [
        { id: 1, deploymentId: 810, attempt: 1, status: 'failed', queuedOn: '2020-01-29T14:00:00.127Z' },
        {
          id: 2,
          deploymentId: 811,
          attempt: 2,
          status: 'inProgress',
          queuedOn: '2020-01-29T14:20:31.0533333Z',
          requestedFor: { displayName: 'Ada', uniqueName: 'ada@fabrikam.com' },
        },
      ],
      definitionEnvironmentId: 1230,
      owner: { displayName: 'Bea' },
      release: { id: 2214, name: 'Release-430' },
      releaseDefinition: { id: 362, name: 'Shop CD' },
    },
    release: { id: 0, name: null, createdOn: '0001-01-01T00:00:00', releaseDefinition: null, artifacts: [] },
    project: { id: projectId, name: 'Fabrikam' },
  },
  resourceVersion: '3.0-preview.1',
  resourceContainers: {
    collection: {
      id: '543d3920-0000-4000-8000-82429a368899',
      baseUrl: 'https://fabrikam.vsrm.visualstudio.com/',
    },
    account: {
      id: 'f86eb464-0000-4000-8000-7d60258377e9',
      baseUrl: 'https://fabrikam.vsrm.visualstudio.com/',
    },
    project: { id: projectId, baseUrl: 'https://fabrikam.vsrm.visualstudio.com/' },
  },
  createdDate: '2020-01-29T14:20:35.127Z',
});

/** As {@link receivedReleaseStarted}, when it has completed: `resource.deployment` is that of the REST API. */
export const receivedReleaseCompleted = envelope('ms.vss-release.deployment-completed-event', 'rm', {
  message: { text: 'Deployment of release Release-430 on stage Test partially succeeded.' },
  resource: {
    deployment: {
      id: 811,
      release: {
        id: 2214,
        name: 'Release-430',
        url: `https://vsrm.dev.azure.com/fabrikam/${projectId}/_apis/Release/releases/2214`,
        artifacts: [
          {
            type: 'Build',
            definitionReference: { project: { id: projectId }, version: { id: '479', name: '20200129.3' } },
          },
        ],
      },
      releaseDefinition: { id: 362, name: 'Shop CD' },
      releaseEnvironment: { id: 9731, name: 'Test' },
      projectReference: { id: projectId, name: 'Fabrikam' },
      definitionEnvironmentId: 1230,
      attempt: 2,
      deploymentStatus: 'partiallySucceeded',
      operationStatus: 'Approved',
      requestedBy: { displayName: 'Release Management' },
      requestedFor: { displayName: 'Ada', uniqueName: 'ada@fabrikam.com' },
      queuedOn: '2020-01-29T14:20:31.05333Z',
      startedOn: '2020-01-29T14:20:35.013333Z',
      completedOn: '2020-01-29T14:31:02.97Z',
    },
    project: { id: projectId, name: 'Fabrikam' },
  },
  resourceVersion: '3.0-preview.1',
  createdDate: '2020-01-29T14:31:08.4471193Z',
});

/** The project of the events from {@link ofServer}. */
export const serverProject = '4993cbb2-cf7e-4796-9844-9a36b1aec4b3';

/**
 * An event as a server sends it, with the containers of ojdev/azure.devops.notify.dingtalk.robots:
 * azure.devops.notify.dingtalk.robots/Controllers/WebHookController.cs
 *
 * @param collectionUrl without a slash at the end
 */
export function ofServer(event: Json, collectionUrl = 'https://devops.example.cn/NewSoftCollection'): Json {
  return {
    ...event,
    resourceContainers: {
      collection: { id: '196f1fb9-0000-4000-8000-1bfc354d09c7', baseUrl: `${collectionUrl}/` },
      server: { id: '93ebc1b4-0000-4000-8000-4905cd8a4cb6', baseUrl: new URL('/', collectionUrl).href },
      project: { id: serverProject, baseUrl: `${collectionUrl}/` },
    },
    createdDate: '2021-09-03T13:52:32.171Z',
  };
}
