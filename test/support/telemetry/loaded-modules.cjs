/** Preloaded into a program (`--require`): tells at its end whether it has loaded OpenTelemetry. */
process.on('exit', () => {
  const isLoaded = Object.keys(require.cache).some((file) => file.includes('@opentelemetry'));
  process.stderr.write(isLoaded ? 'OpenTelemetry was loaded\n' : 'OpenTelemetry was not loaded\n');
});
