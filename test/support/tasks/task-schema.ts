/**
 * The rules of the schema that Microsoft publishes for task.json (tasks.schema.json of azure-pipelines-task-lib), and
 * some of ours: what is optional there and belongs in every task here is required, and texts are not empty. One rule
 * is wider: the schema has no execution for server tasks, which the platform's own server tasks have.
 */

const name = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9]*$' };
const text = { type: 'string', minLength: 1 };
const texts = { type: 'array', items: text };
const digits = { type: 'string', pattern: '^\\d+$' };
const trueOrFalse = { enum: ['True', 'False'] };

const closed = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

/** A program that an agent runs. */
const program = {
  type: 'object',
  required: ['target'],
  properties: { target: text, argumentFormat: text, workingDirectory: text },
};

/** A request that Azure DevOps itself sends; every part of it is a template in text. */
const request = {
  type: 'object',
  required: ['Method', 'EndpointUrl'],
  additionalProperties: { type: 'string' },
};
const serverRequests = closed(
  {
    Execute: request,
    Cancel: request,
    Events: closed({
      TaskCompleted: closed({ Timeout: { type: 'string', pattern: '^\\d{2}:\\d{2}:\\d{2}$' } }),
    }),
  },
  ['Execute'],
);

const input = closed(
  {
    name,
    aliases: texts,
    label: text,
    type: {
      anyOf: [
        {
          enum: [
            'boolean',
            'filePath',
            'multiLine',
            'pickList',
            'radio',
            'secureFile',
            'string',
            'int',
            'identities',
            'querycontrol',
          ],
        },
        { type: 'string', pattern: '^connectedService:.+$' },
      ],
    },
    defaultValue: { type: ['string', 'boolean'] },
    required: { type: 'boolean' },
    helpMarkDown: text,
    groupName: text,
    visibleRule: text,
    options: { type: 'object', additionalProperties: text },
    properties: {
      type: 'object',
      properties: {
        EditableOptions: trueOrFalse,
        MultiSelect: trueOrFalse,
        MultiSelectFlatList: trueOrFalse,
        DisableManageLink: trueOrFalse,
        IsSearchable: trueOrFalse,
        PopulateDefaultValue: trueOrFalse,
        isVariableOrNonNegativeNumber: { enum: ['true', 'false'] },
        resizable: { type: 'boolean' },
        rows: digits,
        maxLength: digits,
        editorExtension: text,
        EndpointFilterRule: text,
      },
    },
  },
  ['name', 'label', 'type', 'required', 'helpMarkDown'],
);

/** A JSON schema. */
export const publishedRules: object = closed(
  {
    $schema: text,
    id: { type: 'string', pattern: '^[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}$' },
    name: { type: 'string', pattern: '^[A-Za-z0-9\\-]+$' },
    friendlyName: { type: 'string', minLength: 1, maxLength: 40 },
    description: text,
    helpUrl: text,
    helpMarkDown: text,
    author: text,
    preview: { type: 'boolean' },
    deprecated: { type: 'boolean' },
    category: {
      enum: [
        'Build',
        'Utility',
        'Test',
        'Package',
        'Deploy',
        'Azure Repos',
        'Azure Boards',
        'Azure Pipelines',
        'Azure Test Plans',
        'Azure Artifacts',
      ],
    },
    visibility: { type: 'array', items: { enum: ['Build', 'Release'] } },
    runsOn: {
      type: 'array',
      items: { enum: ['Agent', 'MachineGroup', 'DeploymentGroup', 'Server', 'ServerGate'] },
    },
    demands: texts,
    minimumAgentVersion: { type: 'string', pattern: '^\\d+\\.\\d+(\\.\\d+)?$' },
    showEnvironmentVariables: { type: 'boolean' },
    instanceNameFormat: text,
    releaseNotes: text,
    version: closed({ Major: { type: 'integer' }, Minor: { type: 'integer' }, Patch: { type: 'integer' } }, [
      'Major',
      'Minor',
      'Patch',
    ]),
    groups: {
      type: 'array',
      items: closed({ name: text, displayName: text, isExpanded: { type: 'boolean' }, visibleRule: text }, [
        'name',
        'displayName',
      ]),
    },
    inputs: { type: 'array', minItems: 1, items: input },
    outputVariables: { type: 'array', items: closed({ name, description: text }, ['name', 'description']) },
    execution: closed({ Node24: program, Node20_1: program, HttpRequest: serverRequests }),
    restrictions: closed({
      commands: closed({ mode: { enum: ['any', 'restricted'] } }),
      settableVariables: closed({ allowed: texts }),
    }),
  },
  [
    'id',
    'name',
    'friendlyName',
    'description',
    'author',
    'version',
    'instanceNameFormat',
    'inputs',
    'execution',
  ],
);
