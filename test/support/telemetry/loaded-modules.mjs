/** Preloaded into a program (`--import`): tells at its end whether it has loaded OpenTelemetry, or the bundle that has it. */
import { register } from 'node:module';
import { MessageChannel } from 'node:worker_threads';

const hooks = `
  let port;
  export const initialize = (data) => { port = data.port; };
  export const load = (url, context, next) => {
    if (/opentelemetry/.test(url)) port.postMessage(url);
    return next(url, context);
  };`;
const { port1, port2 } = new MessageChannel();
let isLoaded = false;
port1.on('message', () => {
  isLoaded = true;
});
port1.unref();
register(`data:text/javascript,${encodeURIComponent(hooks)}`, {
  parentURL: 'file:///',
  data: { port: port2 },
  transferList: [port2],
});
process.on('exit', () => {
  process.stderr.write(isLoaded ? 'OpenTelemetry was loaded\n' : 'OpenTelemetry was not loaded\n');
});
