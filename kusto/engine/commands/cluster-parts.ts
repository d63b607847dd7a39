/**
 * Commands about what a cluster has and the engine has not. Lists of it are empty; what needs it is refused with the
 * reason, since clients ask for it by themselves.
 */
import { type Command, type CommandResult, columns } from './command.ts';
import type { CommandText } from './command-text.ts';

const QUEUED =
  'there are no containers and queues to put data in: ingest with the streaming client, which needs none';

/** By words: why not. */
const REFUSED: Readonly<Record<string, string>> = {
  'show export containers': QUEUED,
  'get ingestion resources': QUEUED,
  'get kusto identity token': QUEUED,
  'refresh database': 'there is no service of data management, and nothing that it keeps',
  'show cluster extents': 'there are no extents',
};

/** The words of the commands that are refused, though they are known. */
export const refusedCommands: ReadonlySet<string> = new Set(Object.keys(REFUSED));

/** By words: the columns of a list that is empty. */
const EMPTY: Readonly<Record<string, Parameters<typeof columns>[0]>> = {
  'show external tables': {
    TableName: 'string',
    TableType: 'string',
    Folder: 'string',
    DocString: 'string',
    Properties: 'string',
    ConnectionStrings: 'dynamic',
    Partitions: 'dynamic',
    PathFormat: 'string',
  },
  'show entity_groups': { Name: 'string', Entities: 'string' },
  'show graph_models': {
    Name: 'string',
    CreationTime: 'datetime',
    Id: 'guid',
    Model: 'string',
    Folder: 'string',
  },
};

export const clusterPartCommands: readonly Command[] = [
  ...Object.entries(REFUSED).map(
    ([words, reason]): Command => ({
      words,
      run: (text) => text.refuseCommand(`'.${words}' is not supported: ${reason}`),
    }),
  ),
  ...Object.entries(EMPTY).map(
    ([words, types]): Command => ({
      words,
      run: (text) => {
        text.tryWord('details');
        return { columns: columns(types), rows: [] };
      },
    }),
  ),
  { words: 'clear database cache streamingingestion schema', run: clearCache },
];

/** There is no cache: a table takes rows as soon as it is made. */
function clearCache(_text: CommandText): CommandResult {
  return { columns: columns({ NodeId: 'string', Status: 'string' }), rows: [['node1', 'Succeeded']] };
}
