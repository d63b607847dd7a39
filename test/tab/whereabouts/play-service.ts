/** A service that answers where something is, as the test says, and a host that answers at once. */
import { createHash } from 'node:crypto';
import type { Whereabouts } from '../../../api/introspection/contract.ts';
import type { PageHost } from '../../../tab/service/ConnectedPage.tsx';
import { aPlacement, project, time, whereabouts } from '../hub/builders.ts';
import { signedIn } from '../open-tab.tsx';

export interface PlayedService {
  readonly requests: {
    readonly path: string;
    readonly query: Record<string, string>;
    readonly token: string | null;
  }[];
  /** What it answers from now on: whereabouts, a status, or nothing at all. */
  answer: Whereabouts | number | 'offline';
}

export function playService(answer: PlayedService['answer'] = inFourEnvironments()): PlayedService {
  const service: PlayedService = { requests: [], answer };
  globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    const token = new Headers(init?.headers).get('authorization');
    service.requests.push({ path: url.pathname, query: Object.fromEntries(url.searchParams), token });
    const { answer: now } = service;
    if (now === 'offline') throw new TypeError('Failed to fetch');
    if (typeof now === 'number')
      return Response.json(
        { code: String(now), message: 'No.' },
        { status: now, headers: { 'x-trace-id': 'trace-1' } },
      );
    const etag = `"${createHash('sha1').update(JSON.stringify(now)).digest('hex')}"`;
    const isKnown = new Headers(init?.headers).get('if-none-match') === etag;
    return isKnown
      ? new Response(null, { status: 304, headers: { etag } })
      : Response.json(now, { headers: { etag } });
  };
  return service;
}

export function host(changes: Partial<PageHost> = {}): PageHost {
  return {
    connect: async () => ({
      organization: project.organization,
      projectId: project.project,
      locale: 'en-US',
    }),
    reportLoaded: () => undefined,
    readService: async () => ({ url: 'https://deployments.example', trust: 'packed', extensionTokens: true }),
    signInTo: async () => signedIn(),
    ...changes,
  };
}

/** One service: in dev, partly in qa, waiting before staging, not in prod. */
export function inFourEnvironments(changes: Partial<Whereabouts> = {}): Whereabouts {
  const place = (
    Environment: string,
    Presence: string,
    placement: Parameters<typeof aPlacement>[0] = {},
  ) => ({
    ProjectId: '',
    Service: 'cart',
    Environment,
    Presence,
    Placement: aPlacement({ Environment, ...placement }),
    Missing: [],
  });
  return whereabouts({
    Subject: '!31',
    Environments: [
      place('dev', 'here'),
      place('qa', 'partly', { Version: '1.3.9' }),
      place('staging', 'underWay', { State: 'blocked', ChangeState: 'waitingForApproval', EndTime: null }),
      place('prod', 'notYet', { Version: '1.3.2', Kind: 'rollback', EndTime: time(5) }),
    ],
    ...changes,
  });
}
