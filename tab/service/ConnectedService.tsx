/**
 * Gives its content what a client of the service needs, once the service may be asked. All pages use it, so that signing
 * in is the same everywhere. What signs in is loaded only where there is a token to send.
 */
import * as React from 'react';
import type { ClientOptions } from '../../api/client.ts';
import { LoadingPage } from '../components/LoadingPage.tsx';
import type { Host } from '../host/host.ts';
import { isAnonymous, type Service } from '../host/service.ts';
import { send } from './send.ts';
// Here, because style sheets are not loaded later.
import './ConfirmedService.css';

/** What every client of the API takes. */
export interface ServiceConnection extends ClientOptions {
  /** Whether no token is sent, so that signing in cannot help. */
  readonly anonymous: boolean;
}

export interface ConnectedServiceProps {
  readonly host: Pick<Host, 'signInTo'>;
  readonly service: Service;
  /** Draws the content, with a connection that stays the same. */
  readonly children: (connection: ServiceConnection) => React.ReactNode;
}

export function ConnectedService(props: ConnectedServiceProps): JSX.Element {
  const { service } = props;
  const content = isAnonymous(service) ? <Anonymous {...props} /> : <SignedIn {...props} />;
  return (
    <React.Suspense fallback={<LoadingPage />}>
      {service.trust === 'packed' ? (
        content
      ) : (
        <ConfirmedService service={service}>{content}</ConfirmedService>
      )}
    </React.Suspense>
  );
}

function Anonymous({ service, children }: ConnectedServiceProps): JSX.Element {
  const connection = React.useMemo(() => ({ baseUrl: service.url, fetch: send, anonymous: true }), [service]);
  return <>{children(connection)}</>;
}

const SignedIn = React.lazy(() =>
  import(/* webpackChunkName: "sign-in" */ '../sign-in/SignedIn.tsx').then((module) => ({
    default: module.SignedIn,
  })),
);

const ConfirmedService = React.lazy(() =>
  import(/* webpackChunkName: "confirm" */ './ConfirmedService.tsx').then((module) => ({
    default: module.ConfirmedService,
  })),
);
