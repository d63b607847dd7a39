/** The entry point of the Deployments tab of a pull request. */
import '../theme/theme.css';
import * as React from 'react';
import { render } from 'react-dom';
import { readPullRequest } from '../host/current-pull-request.ts';
import { azureDevOps } from '../host/host.ts';
import { PullRequestPage } from './PullRequestPage.tsx';

render(<PullRequestPage host={{ ...azureDevOps, readPullRequest }} />, document.getElementById('root'));
