/**
 * Plays the Azure Functions host for the app in this repository: starts its worker, routes requests to HTTP
 * triggers, delivers a storage queue's messages as host.json says, and runs timers when the test asks for it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type DequeuedMessageItem, type QueueClient, QueueServiceClient } from '@azure/storage-queue';
import { programArguments } from '../program.ts';
import type { Binding, FunctionMetadata, RpcData, WorkerReply, WorkerRequest } from './worker.ts';

export interface FunctionsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FunctionsHost {
  /** The trigger of each function, by the function's name. */
  readonly triggers: ReadonlyMap<string, Binding>;
  http(path: string, request?: HttpRequestParts): Promise<FunctionsAnswer>;
  /** Runs a timer's function once. @throws where it fails */
  timer(name: string): Promise<void>;
  /** Delivers the messages that are visible on the trigger's queue, once. @returns how many were done with */
  deliver(name: string): Promise<number>;
  /** Ends the app as the host does. @returns its exit code */
  terminate(): Promise<number | null>;
}

export interface HttpRequestParts {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

type Invocation = Omit<Extract<WorkerRequest, { kind: 'invoke' }>, 'kind' | 'id'>;

const root = new URL('../../../', import.meta.url);

/** The parts of host.json that this host heeds. */
export const hostSettings: {
  readonly extensions: {
    readonly http: { readonly routePrefix: string };
    readonly queues: {
      readonly messageEncoding: string;
      readonly batchSize: number;
      readonly maxDequeueCount: number;
    };
  };
} = JSON.parse(readFileSync(new URL('host.json', root), 'utf8'));
const { http: httpSettings, queues: queueSettings } = hostSettings.extensions;

/**
 * Starts the app with these settings, on a development machine.
 *
 * @param main the entry point of a package; by default, the one of this repository
 * @throws where it does not start
 */
export async function startFunctionsHost(
  settings: Readonly<Record<string, string>>,
  main?: string,
): Promise<FunctionsHost> {
  const [worker = '', ...loader] = programArguments('test/support/functions/worker.ts').reverse();
  const child = fork(worker, main === undefined ? [] : [main], {
    env: {
      PATH: process.env.PATH,
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      LOG_LEVEL: 'silent',
      ...settings,
    },
    execArgv: loader.reverse(),
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const triggers = new Map((await registered(child)).map((metadata) => [metadata.name, triggerOf(metadata)]));
  const invoke = invoking(child);
  return {
    triggers,
    async http(path, { method = 'GET', headers = {}, body } = {}) {
      const name = functionFor(triggers, path, method);
      if (name === undefined) return { status: 404, headers: {}, body: '' };
      const bytes = body === undefined ? undefined : Buffer.from(body);
      const url = `https://app.azurewebsites.net${path}`;
      const http = { method, url, headers, ...(bytes && { body: { bytes } }) };
      return answerOf(await invoke({ name, input: { http }, triggerMetadata: {} }));
    },
    async timer(name) {
      const timer = { IsPastDue: false, Schedule: { AdjustForDST: true }, ScheduleStatus: null };
      await invoke({ name, input: { json: JSON.stringify(timer) }, triggerMetadata: {} });
    },
    async deliver(name) {
      const { queueName, connection } = triggerCalled(triggers, name);
      const service = QueueServiceClient.fromConnectionString(settings[String(connection)] ?? '');
      const queue = service.getQueueClient(String(queueName));
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: queueSettings.batchSize,
      });
      const done = receivedMessageItems.map(async (item) => {
        const isDone = await invoke({ name, ...deliveryOf(item) }).then(
          () => true,
          () => false,
        );
        await settle(queue, service.getQueueClient(`${queueName}-poison`), item, isDone);
        return isDone;
      });
      return (await Promise.all(done)).filter(Boolean).length;
    },
    async terminate() {
      const exited = once(child, 'exit');
      child.send({ kind: 'terminate' } satisfies WorkerRequest);
      const [code] = await exited;
      return code;
    },
  };
}

async function registered(child: ChildProcess): Promise<readonly FunctionMetadata[]> {
  const [reply] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('The app did not start.'))),
  ])) as [WorkerReply];
  if (reply.kind !== 'registered') throw new Error(`The worker began with ${reply.kind}.`);
  return reply.functions;
}

function triggerOf({ name, bindings }: FunctionMetadata): Binding {
  const trigger = Object.values(bindings).find(({ direction }) => direction === 'in');
  if (!trigger) throw new Error(`${name} has no trigger`);
  return trigger;
}

function triggerCalled(triggers: ReadonlyMap<string, Binding>, name: string): Binding {
  const trigger = triggers.get(name);
  if (!trigger) throw new Error(`There is no function ${name}.`);
  return trigger;
}

function invoking(child: ChildProcess): (invocation: Invocation) => Promise<RpcData | undefined> {
  const waiting = new Map<number, (reply: WorkerReply) => void>();
  child.on('message', (reply: WorkerReply) => {
    if (reply.kind !== 'registered') waiting.get(reply.id)?.(reply);
  });
  let lastId = 0;
  return async (invocation) => {
    const id = ++lastId;
    const replied = new Promise<WorkerReply>((resolve) => waiting.set(id, resolve));
    child.send({ kind: 'invoke', id, ...invocation } satisfies WorkerRequest);
    const reply = await replied;
    waiting.delete(id);
    if (reply.kind === 'done') return reply.returnValue;
    throw new Error(reply.kind === 'failed' ? reply.reason : reply.kind);
  };
}

/** The host knows routes such as `hooks/{*rest}`, below its prefix, and answers 404 to other methods. */
function functionFor(
  triggers: ReadonlyMap<string, Binding>,
  path: string,
  method: string,
): string | undefined {
  const [pathname = ''] = path.split('?', 1);
  for (const [name, { type, route, methods }] of triggers) {
    if (type !== 'httpTrigger' || !Array.isArray(methods)) continue;
    const [base = '', ...rest] = String(route).split('/{*rest}');
    const place = `/${httpSettings.routePrefix}${base}`;
    const isThere = pathname === place || (rest.length > 0 && pathname.startsWith(`${place}/`));
    if (isThere && methods.includes(method.toUpperCase())) return name;
  }
  return undefined;
}

function answerOf(returnValue: RpcData | undefined): FunctionsAnswer {
  const { http } = returnValue as {
    readonly http: {
      readonly statusCode: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: { readonly bytes?: Uint8Array };
    };
  };
  const body = Buffer.from(http.body?.bytes ?? []).toString('utf8');
  return { status: Number(http.statusCode), headers: http.headers, body };
}

function deliveryOf(item: DequeuedMessageItem): Pick<Invocation, 'input' | 'triggerMetadata'> {
  if (queueSettings.messageEncoding !== 'none') throw new Error('This host decodes no messages.');
  const time = (value: Date): RpcData => ({
    json: JSON.stringify(value.toISOString().replace('Z', '+00:00')),
  });
  return {
    input: { string: item.messageText },
    triggerMetadata: {
      Id: { string: item.messageId },
      DequeueCount: { int: item.dequeueCount },
      InsertionTime: time(item.insertedOn),
      ExpirationTime: time(item.expiresOn),
      PopReceipt: { string: item.popReceipt },
      ...fieldsOf(item.messageText),
    },
  };
}

/** The host lays the fields of a message that is a JSON object over what it says of the message itself. */
function fieldsOf(messageText: string): Record<string, RpcData> {
  let fields: unknown;
  try {
    fields = JSON.parse(messageText);
  } catch {
    return {};
  }
  const entries = Object.entries(typeof fields === 'object' && fields !== null ? fields : {});
  return Object.fromEntries(
    entries
      .filter(([, value]) => value !== null && !Array.isArray(value))
      .map(([name, value]) => [
        name.charAt(0).toUpperCase() + name.slice(1),
        { json: JSON.stringify(value) },
      ]),
  );
}

/** Deletes what is done; gives back what is not, sooner than host.json says, or moves it when that was the last try. */
async function settle(
  queue: QueueClient,
  poison: QueueClient,
  { messageId, popReceipt, messageText, dequeueCount }: DequeuedMessageItem,
  isDone: boolean,
): Promise<void> {
  const isLost = !isDone && dequeueCount >= queueSettings.maxDequeueCount;
  if (isLost) {
    await poison.createIfNotExists();
    await poison.sendMessage(messageText);
  }
  if (isDone || isLost) await queue.deleteMessage(messageId, popReceipt);
  else await queue.updateMessage(messageId, popReceipt, messageText, 0);
}
