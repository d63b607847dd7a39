/** The whole hub in a host that answers at once, before a service that answers as the test says. */
import { render, screen } from '@testing-library/react';
import * as React from 'react';
import { Hub, type HubHost } from '../../../tab/hub/Hub.tsx';
import { signedIn } from '../open-tab.tsx';
import { changes, environments, measures, news, project, whereabouts } from './builders.ts';

/** What the service answers, by the path after the version, without ids; `saving` for a PUT. */
export type Answers = Record<string, unknown>;

export interface OpenedHub {
  readonly requests: { readonly path: string; readonly query: Record<string, string> }[];
  /** The `Authorization` of each request. */
  readonly tokens: (string | null)[];
  /** What was sent with PUT or POST. */
  readonly sent: { readonly method: string; readonly body: unknown }[];
  /** What the hub wrote to the address, the last one last. */
  readonly written: Record<string, string>[];
  readonly answers: Answers;
}

/** A refusal of the service, in place of an answer. */
export class Refusal {
  readonly status: number;
  readonly details: readonly object[];

  constructor(status: number, ...details: readonly object[]) {
    this.status = status;
    this.details = details;
  }
}

/**
 * @param address query parameters of the host page
 * @param changed answers in place of the usual ones; they can be changed later too
 */
export function openHub(
  address: Record<string, string> = {},
  changed: Answers = {},
  host: Partial<HubHost> = {},
): OpenedHub {
  const requests: OpenedHub['requests'] = [];
  const tokens: OpenedHub['tokens'] = [];
  const sent: OpenedHub['sent'] = [];
  const written: OpenedHub['written'] = [];
  const answers: Answers = {
    environments: environments(),
    services: {
      ADOOrganizationName: project.organization,
      ADOProjectId: project.project,
      Services: environments().Services,
    },
    deployments: changes([]),
    news: news(),
    commits: whereabouts(),
    measures: measures(),
    ...changed,
  };
  globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    const [, name = ''] = /\/introspection\/v1\/([\w-]+(?:\/preview)?)/.exec(url.pathname) ?? [];
    const query = Object.fromEntries(url.searchParams);
    tokens.push(new Headers(init?.headers).get('authorization'));
    requests.push({ path: url.pathname, query });
    const method = init?.method ?? 'GET';
    if (method !== 'GET') sent.push({ method, body: JSON.parse(String(init?.body)) });
    const answer = answers[method === 'PUT' ? 'saving' : name];
    const said = typeof answer === 'function' ? answer(query) : answer;
    const headers = { 'x-trace-id': 'trace-1' };
    if (said === undefined) return new Response(null, { status: 204, headers });
    if (said instanceof Refusal)
      return Response.json(
        { code: String(said.status), message: 'No.', details: said.details },
        { status: said.status, headers },
      );
    return Response.json(said, { headers });
  };
  render(
    <Hub
      host={{
        connect: async () => ({
          organization: project.organization,
          projectId: project.project,
          locale: 'en-US',
        }),
        reportLoaded: () => undefined,
        readService: async () => ({
          url: 'https://deployments.example',
          trust: 'packed',
          extensionTokens: true,
        }),
        readAddress: async () => address,
        writeAddress: async (parameters) => void written.push({ ...parameters }),
        signInTo: async () => signedIn(),
        ...host,
      }}
    />,
  );
  return { requests, tokens, sent, written, answers };
}

/** The cell of a service in an environment. */
export async function cellOf(service: string, environment: string): Promise<HTMLElement> {
  const grid = await screen.findByRole('grid');
  const cell = grid.querySelector<HTMLElement>(`[data-row="s:${service}"][data-column="${environment}"]`);
  if (!cell) throw new Error(`no cell of ${service} in ${environment}`);
  return cell;
}
