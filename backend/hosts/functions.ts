/** Entry point on Azure Functions from a build of the repository: every service that `APIS` names, in one app. */
import { startFunctionsApp } from './functions-app.ts';

await startFunctionsApp(process.env);
