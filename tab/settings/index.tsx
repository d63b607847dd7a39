/** The entry point of the settings page in the organization settings. */
import '../theme/theme.css';
import './settings.css';
import * as React from 'react';
import { render } from 'react-dom';
import { ErrorBoundary } from '../components/ErrorBoundary.tsx';
import { connectToHost, reportLoaded } from '../host/handshake.ts';
import { packedServiceUrl } from '../host/service.ts';
import { readSettings, writeSettings } from '../host/settings.ts';
import { withTimeLimit } from '../host/time-limit.ts';
import { strings } from '../strings.ts';
import { SettingsPage } from './SettingsPage.tsx';

const connected = withTimeLimit(strings.host.handshake, connectToHost()).then(reportLoaded);
// The form shows why it failed; without a form, there is nothing to show.
connected.catch(() => undefined);

const store = {
  read: () => connected.then(readSettings),
  write: writeSettings,
};

render(
  <ErrorBoundary>
    <SettingsPage store={store} packedUrl={packedServiceUrl()} />
  </ErrorBoundary>,
  document.getElementById('root'),
);
