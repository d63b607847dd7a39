/**
 * Plays the Node worker of Azure Functions: gives the library the core module that only the worker has, loads the
 * app's entry point (this repository's, or that of a package), and does what the host (functions-host.ts, the parent process) says. Everything between the
 * wire and the handler is the real library.
 */
import Module from 'node:module';
import { pathToFileURL } from 'node:url';

/** A binding as the library registers it. */
export interface Binding {
  readonly type: string;
  readonly direction: string;
  readonly [option: string]: unknown;
}

/** A function as the library registers it. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

/** A value on the wire between host and worker: one of its fields is set. */
export type RpcData = { readonly [kind: string]: unknown };

/** What the host asks for. */
export type WorkerRequest =
  | {
      readonly kind: 'invoke';
      readonly id: number;
      readonly name: string;
      readonly input: RpcData;
      readonly triggerMetadata: Readonly<Record<string, RpcData>>;
    }
  | { readonly kind: 'terminate' };

export type WorkerReply =
  | { readonly kind: 'registered'; readonly functions: readonly FunctionMetadata[] }
  | { readonly kind: 'done'; readonly id: number; readonly returnValue: RpcData | undefined }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };

type Callback = (...inputs: readonly unknown[]) => unknown;

interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: readonly unknown[] }>;
  invokeFunction(context: unknown, inputs: readonly unknown[], callback: Callback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ readonly returnValue?: RpcData }>;
}

interface ProgrammingModel {
  getInvocationModel(coreContext: object): InvocationModel;
}

const functions = new Map<string, { readonly metadata: FunctionMetadata; readonly callback: Callback }>();
const terminateHooks: Callback[] = [];
let model: ProgrammingModel | undefined;

const core = {
  version: '3.10.0',
  hostVersion: '4.34.0',
  setProgrammingModel: (chosen: ProgrammingModel): void => {
    model = chosen;
  },
  registerFunction: (metadata: FunctionMetadata, callback: Callback): void => {
    functions.set(metadata.name, { metadata, callback });
  },
  registerHook: (name: string, callback: Callback): void => {
    if (name === 'appTerminate') terminateHooks.push(callback);
  },
  log: (): void => undefined,
};

Module.prototype.require = new Proxy(Module.prototype.require, {
  apply: (target, self, [name, ...rest]: [string]) =>
    name === '@azure/functions-core' ? core : Reflect.apply(target, self, [name, ...rest]),
});

async function invoke(request: Extract<WorkerRequest, { kind: 'invoke' }>): Promise<RpcData | undefined> {
  const registered = functions.get(request.name);
  if (!registered || !model) throw new Error(`no function ${request.name}`);
  const { metadata, callback } = registered;
  const [binding = ''] =
    Object.entries(metadata.bindings).find(([, { direction }]) => direction === 'in') ?? [];
  const invocation = model.getInvocationModel({
    invocationId: String(request.id),
    metadata,
    request: {
      inputData: [{ name: binding, data: request.input }],
      triggerMetadata: request.triggerMetadata,
      retryContext: undefined,
      traceContext: undefined,
    },
    log: () => undefined,
  });
  const { context, inputs } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, inputs, callback);
  return (await invocation.getResponse(context, result)).returnValue;
}

function reply(message: WorkerReply): void {
  process.send?.(message);
}

process.on('message', async (request: WorkerRequest) => {
  if (request.kind === 'terminate') {
    for (const hook of terminateHooks) await hook({ hookData: {} });
    process.exit(0);
  }
  const { id } = request;
  await invoke(request).then(
    (returnValue) => reply({ kind: 'done', id, returnValue }),
    (error: unknown) => reply({ kind: 'failed', id, reason: String(error) }),
  );
});

const [, , main] = process.argv;
await (main === undefined ? import('../../../backend/hosts/functions.ts') : import(pathToFileURL(main).href));
reply({ kind: 'registered', functions: [...functions.values()].map(({ metadata }) => metadata) });
