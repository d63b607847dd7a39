/** The entry point of the group "Where is it" in the form of a work item. */
import '../theme/theme.css';
import * as React from 'react';
import { render } from 'react-dom';
import { watchWorkItem } from '../host/current-work-item.ts';
import { azureDevOps } from '../host/host.ts';
import { WorkItemPage } from './WorkItemPage.tsx';

render(<WorkItemPage host={{ ...azureDevOps, watchWorkItem }} />, document.getElementById('root'));
