/** The entry point of the Deployments tab on the build results page. */
import '../theme/theme.css';
import * as React from 'react';
import { render } from 'react-dom';
import { azureDevOps } from '../host/host.ts';
import { App } from './App.tsx';

render(<App host={azureDevOps} />, document.getElementById('root'));
