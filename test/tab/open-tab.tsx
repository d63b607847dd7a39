/** The whole tab in a host that answers at once, before a service that answers as the test says. */
import { act, render, screen } from '@testing-library/react';
import * as React from 'react';
import { App } from '../../tab/build-results/App.tsx';
import type { CurrentBuild } from '../../tab/host/current-build.ts';
import type { Host } from '../../tab/host/host.ts';
import type { SignIn } from '../../tab/host/sign-in.ts';
import { aDeployment, build, found } from './builders.ts';

/** How the service answers until the test changes it. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** The tab in a host that answers at once, before a service that answers as the test says. */
export function openTab(
  changes: Partial<Host> = {},
  service: Answer = { status: 200, body: found([aDeployment()]).body },
) {
  const requests: { url: URL; headers: Headers; init: RequestInit }[] = [];
  const written: Record<string, string>[] = [];
  let show: (opened: CurrentBuild | undefined) => void = () => undefined;
  globalThis.fetch = async (input, init) => {
    requests.push({ url: new URL(String(input)), headers: new Headers(init?.headers), init: { ...init } });
    const body = service.body === undefined ? null : JSON.stringify(service.body);
    return new Response(body, {
      status: service.status,
      headers: { 'x-trace-id': 'trace-1', ...service.headers },
    });
  };
  const host: Host = {
    connect: async () => ({ organization: build.organization, projectId: build.project, locale: 'en-US' }),
    reportLoaded: () => undefined,
    async watchBuild(onBuild) {
      show = onBuild;
      onBuild({ id: build.buildId, number: '1.2' });
    },
    readService: async () => ({ url: 'https://deployments.example', trust: 'packed', extensionTokens: true }),
    readAddress: async () => ({}),
    writeAddress: async (parameters) => void written.push({ ...parameters }),
    signInTo: async () => signedIn(),
    ...changes,
  };
  const page = render(<App host={host} />);
  return { requests, written, service, page, openBuild: (id: number) => act(() => show({ id, number: '' })) };
}

/** A sign-in that has a token, and no other. */
export function signedIn(changes: Partial<SignIn> = {}): SignIn {
  return {
    token: async () => 'token-1',
    azureDevOpsToken: async () => undefined,
    renew: async () => undefined,
    interact: async () => undefined,
    ...changes,
  };
}

export const heading = (name: string | RegExp) => screen.findByRole('heading', { level: 1, name });
