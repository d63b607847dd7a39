/**
 * The frame of the pages that ask the service: connects to the host, finds the service, asks the user to confirm it or to
 * sign in where that is needed, and then shows the page. It sends no request to the service itself.
 */
import * as React from 'react';
import { ErrorBoundary } from '../components/ErrorBoundary.tsx';
import { LoadingPage } from '../components/LoadingPage.tsx';
import { MessagePage } from '../components/MessagePage.tsx';
import { TimeFormatsContext } from '../components/Times.tsx';
import { timeFormats } from '../components/times.ts';
import { useEscapeKeepsFocus } from '../components/use-escape-keeps-focus.ts';
import type { HostPage } from '../host/handshake.ts';
import type { Host } from '../host/host.ts';
import type { Service } from '../host/service.ts';
import { HostError, type HostErrorKind, hostTimeLimit } from '../host/time-limit.ts';
import { languageOfTimes, strings } from '../strings.ts';
import { ConnectedService, type ServiceConnection } from './ConnectedService.tsx';

/** What every page needs from Azure DevOps. */
export type PageHost = Pick<Host, 'connect' | 'reportLoaded' | 'readService' | 'signInTo'>;

/** What is known once the host has answered. `T` is what this page reads from the host besides. */
export interface Start<T> {
  readonly page: HostPage;
  readonly service: Service;
  readonly loaded: T;
}

type Stage<T> =
  | { readonly kind: 'starting' }
  | { readonly kind: 'hostProblem'; readonly problem: HostErrorKind; readonly message?: string }
  | { readonly kind: 'notConfigured' }
  | { readonly kind: 'started'; readonly start: Start<T> };

interface ConnectedPageProps<T> {
  readonly host: PageHost;
  /** Reads what this page needs from the host besides, once it is connected. Keep it the same. */
  readonly load: () => Promise<T>;
  readonly children: (start: Start<T>, connection: ServiceConnection) => JSX.Element;
}

export function ConnectedPage<T>(props: ConnectedPageProps<T>): JSX.Element {
  const { host, load } = props;
  const [stage, setStage] = React.useState<Stage<T>>({ kind: 'starting' });
  const [locale, setLocale] = React.useState<string>();
  const formats = React.useMemo(() => timeFormats(languageOfTimes(locale)), [locale]);
  useEscapeKeepsFocus();

  React.useEffect(() => {
    const slow = setTimeout(() => setStage({ kind: 'hostProblem', problem: 'noAnswer' }), hostTimeLimit);
    startPage(host, load, (page) => setLocale(page.locale))
      .then(setStage, (error: Error) => setStage(hostProblem(error)))
      .finally(() => clearTimeout(slow));
    return () => clearTimeout(slow);
  }, [host, load]);

  return (
    <TimeFormatsContext.Provider value={formats}>
      <ErrorBoundary>{pageOf(host, stage, props.children)}</ErrorBoundary>
    </TimeFormatsContext.Provider>
  );
}

function pageOf<T>(host: PageHost, stage: Stage<T>, show: ConnectedPageProps<T>['children']): JSX.Element {
  switch (stage.kind) {
    case 'starting':
      return <LoadingPage />;
    case 'notConfigured':
      return <MessagePage tone="setup" {...strings.pages.notConfigured} />;
    case 'hostProblem':
      return (
        <MessagePage
          tone="problem"
          {...strings.pages.host[stage.problem]}
          action={strings.pages.reload}
          detail={stage.message}
          onAction={() => window.location.reload()}
        />
      );
    case 'started':
      return (
        <ConnectedService host={host} service={stage.start.service}>
          {(connection) => show(stage.start, connection)}
        </ConnectedService>
      );
  }
}

async function startPage<T>(
  host: PageHost,
  load: () => Promise<T>,
  onPage: (page: HostPage) => void,
): Promise<Stage<T>> {
  const page = await host.connect();
  onPage(page);
  host.reportLoaded();
  const [service, loaded] = await Promise.all([host.readService(), load()]);
  return service ? { kind: 'started', start: { page, service, loaded } } : { kind: 'notConfigured' };
}

function hostProblem(error: Error): Stage<never> {
  const problem = error instanceof HostError ? error.kind : 'failed';
  return { kind: 'hostProblem', problem, message: error.message };
}
