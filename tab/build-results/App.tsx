/**
 * The whole tab: connects to the host, waits for the service and a build, and shows the deployments of the build. It
 * sends no request before both are known. Another build gets a new page, so that no state of the old one stays.
 */
import * as React from 'react';
import { ErrorBoundary } from '../components/ErrorBoundary.tsx';
import { LoadingPage } from '../components/LoadingPage.tsx';
import { MessagePage } from '../components/MessagePage.tsx';
import { TimeFormatsContext } from '../components/Times.tsx';
import { timeFormats } from '../components/times.ts';
import { useEscapeKeepsFocus } from '../components/use-escape-keeps-focus.ts';
import type { CurrentBuild } from '../host/current-build.ts';
import type { HostPage } from '../host/handshake.ts';
import type { Host } from '../host/host.ts';
import type { Service } from '../host/service.ts';
import { HostError, type HostErrorKind, hostTimeLimit } from '../host/time-limit.ts';
import { ConnectedService, type ServiceConnection } from '../service/ConnectedService.tsx';
import { languageOfTimes, strings } from '../strings.ts';
import { BuildDeployments } from './BuildDeployments.tsx';
import { useViewOptions } from './use-view-options.ts';
import { fromAddress, type ViewOptions } from './view-options.ts';

type Stage =
  | { readonly kind: 'starting' }
  | { readonly kind: 'hostProblem'; readonly problem: HostErrorKind; readonly message?: string }
  | { readonly kind: 'notConfigured' }
  | { readonly kind: 'started'; readonly start: Start };

interface Start {
  readonly page: HostPage;
  readonly service: Service;
  /** From the query parameters of the page. */
  readonly options: ViewOptions;
}

export function App(props: { host: Host }): JSX.Element {
  const { host } = props;
  const [stage, setStage] = React.useState<Stage>({ kind: 'starting' });
  const [build, setBuild] = React.useState<CurrentBuild | null>();
  const [locale, setLocale] = React.useState<string>();
  const formats = React.useMemo(() => timeFormats(languageOfTimes(locale)), [locale]);
  useEscapeKeepsFocus();

  React.useEffect(() => {
    const slow = setTimeout(() => setStage({ kind: 'hostProblem', problem: 'noAnswer' }), hostTimeLimit);
    start(
      host,
      (page) => setLocale(page.locale),
      (opened) => setBuild(opened ?? null),
    )
      .then(setStage, (error: Error) => setStage(hostProblem(error)))
      .finally(() => clearTimeout(slow));
    return () => clearTimeout(slow);
  }, [host]);

  return (
    <TimeFormatsContext.Provider value={formats}>
      <ErrorBoundary>{pageOf(host, stage, build)}</ErrorBoundary>
    </TimeFormatsContext.Provider>
  );
}

function pageOf(host: Host, stage: Stage, build: CurrentBuild | null | undefined): JSX.Element {
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
          {(connection) => (
            <StartedPage host={host} start={stage.start} build={build} connection={connection} />
          )}
        </ConnectedService>
      );
  }
}

/** The view options stay when the build changes, because they are in the address. */
function StartedPage(props: {
  host: Host;
  start: Start;
  build: CurrentBuild | null | undefined;
  connection: ServiceConnection;
}): JSX.Element {
  const { host, build, connection } = props;
  const { page } = props.start;
  const [options, setOptions] = useViewOptions(host, props.start.options);
  if (build === undefined) return <LoadingPage />;
  if (build === null) return <MessagePage tone="search" {...strings.pages.noBuild} />;
  return (
    <BuildDeployments
      key={build.id}
      connection={connection}
      page={page}
      build={build}
      options={options}
      onOptions={setOptions}
    />
  );
}

async function start(
  host: Host,
  onPage: (page: HostPage) => void,
  onBuild: (build: CurrentBuild | undefined) => void,
): Promise<Stage> {
  const page = await host.connect();
  onPage(page);
  host.reportLoaded();
  const [service, address] = await Promise.all([
    host.readService(),
    host.readAddress().catch(() => ({})),
    host.watchBuild(onBuild),
  ]);
  if (!service) return { kind: 'notConfigured' };
  return { kind: 'started', start: { page, service, options: fromAddress(address) } };
}

function hostProblem(error: Error): Stage {
  const problem = error instanceof HostError ? error.kind : 'failed';
  return { kind: 'hostProblem', problem, message: error.message };
}
