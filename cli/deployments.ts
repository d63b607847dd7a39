#!/usr/bin/env node
/** The entry point of the `deployments` command. */
import { runProcess } from './run-process.ts';

await runProcess(process.argv.slice(2));
