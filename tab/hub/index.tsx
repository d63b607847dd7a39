/** The entry point of the Deployments hub under Pipelines. */
import '../theme/theme.css';
import * as React from 'react';
import { render } from 'react-dom';
import { azureDevOps } from '../host/host.ts';
import { Hub } from './Hub.tsx';

render(<Hub host={azureDevOps} />, document.getElementById('root'));
