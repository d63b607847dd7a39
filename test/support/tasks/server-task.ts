/**
 * What Azure DevOps does with a server task: it puts inputs and variables into the templates of task.json as they
 * are, without escaping, reads the headers as JSON, and sends the requests.
 */
import { readManifest } from './manifests.ts';

interface RequestTemplate {
  readonly EndpointUrl: string;
  readonly Method: string;
  readonly Body: string;
  readonly Headers: string;
}

export interface ServerTaskRun {
  /** Where the service connection points to. */
  readonly serviceUrl: string;
  /** Inputs that differ from their defaults. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Variables of the run by name, such as `system.PlanId`. */
  readonly variables: Readonly<Record<string, string>>;
}

const { Execute, Cancel } = readManifest('WaitForDeploymentsGateV1').execution.HttpRequest as {
  readonly Execute: RequestTemplate;
  readonly Cancel: RequestTemplate;
};

/** Sends what the agentless task sends when it begins. */
export const executeServerTask = (run: ServerTaskRun): Promise<Response> => send(Execute, run);

/** Sends what the agentless task sends when somebody cancels the run. */
export const cancelServerTask = (run: ServerTaskRun): Promise<Response> => send(Cancel, run);

/** The body that the agentless task sends. */
export const bodyOfServerTask = (run: Omit<ServerTaskRun, 'serviceUrl'>): string =>
  filled(Execute.Body, { ...run, serviceUrl: '' });

function send(
  { EndpointUrl, Method, Headers, Body }: RequestTemplate,
  run: ServerTaskRun,
): Promise<Response> {
  const body = filled(Body, run);
  return fetch(filled(EndpointUrl, run), {
    method: Method,
    headers: JSON.parse(filled(Headers, run)),
    ...(body !== '' && { body }),
  });
}

/** Names are not case-sensitive; what nobody has set stays as it is. */
function filled(template: string, { serviceUrl, inputs, variables }: ServerTaskRun): string {
  const defaults = readManifest('WaitForDeploymentsGateV1').inputs.map(
    ({ name, defaultValue = '' }): [string, string] => [name, defaultValue],
  );
  const values = new Map(
    [
      ...defaults,
      ...Object.entries(inputs),
      ...Object.entries(variables),
      ['endpoint.url', serviceUrl] as const,
    ].map(([name, value]) => [name.toLowerCase(), value]),
  );
  // What a variable holds may name others.
  const fill = (text: string, depth = 0): string =>
    text.replace(/\$\(([\w.]+)\)/g, (whole, name: string) => {
      const value = values.get(name.toLowerCase());
      return value === undefined || depth > 5 ? whole : fill(value, depth + 1);
    });
  return fill(template);
}
