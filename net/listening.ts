/** Why a server could not listen, in words. */

/** The problem with `port`, as a sentence without its full stop; undefined for an error of another kind. */
export function listeningProblem(error: unknown, port: number): string | undefined {
  switch (Object(error).code) {
    case 'EADDRINUSE':
      return `Port ${port} is used by another program (EADDRINUSE)`;
    case 'EACCES':
      return `This user may not listen on port ${port} (EACCES)`;
    case 'EADDRNOTAVAIL':
      return 'This machine does not have the address to listen on (EADDRNOTAVAIL)';
    default:
      return undefined;
  }
}
