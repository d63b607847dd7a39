/** The entry point of the settings page in the organization settings. */
import '../theme/theme.css';
import './settings.css';
import * as React from 'react';
import { render } from 'react-dom';
import { ErrorBoundary } from '../components/ErrorBoundary.tsx';
import { connectToHost, reportLoaded } from '../host/handshake.ts';
import { readSettings, writeSettings } from '../host/settings.ts';
import { withTimeLimit } from '../host/time-limit.ts';
import { strings } from '../strings.ts';
import { SettingsPage } from './SettingsPage.tsx';

const store = {
  async read() {
    await withTimeLimit(strings.host.handshake, connectToHost());
    reportLoaded();
    return readSettings();
  },
  write: writeSettings,
};

render(
  <ErrorBoundary>
    <SettingsPage store={store} />
  </ErrorBoundary>,
  document.getElementById('root'),
);
