/** Shows an answer once, or again and again until the user interrupts it. */
import type { LookupAnswer, LookupCallOptions } from '../../api/client.ts';
import { sleep } from '../../net/sleep.ts';
import { answered, show } from '../answers.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Printer } from '../terminal/printer.ts';
import type { WatchOptions } from './project-options.ts';

/** Asks with `ask` and prints with `print`; with `--watch`, over what was printed before. @throws CommandError */
export async function showOrWatch<T>(
  ask: (options: LookupCallOptions<T>) => Promise<LookupAnswer<T>>,
  options: WatchOptions,
  context: Context,
  print: (body: T, out: Printer) => void,
): Promise<ExitCode> {
  const { out, signal } = context;
  if (!options.watch) return show(ask({ signal }), {}, context, print);
  let previous: LookupAnswer<T> | undefined;
  while (!signal.aborted) {
    const answer = await answered(ask({ signal, ...(previous && { previous }) }));
    out.frame((frame) => {
      if (answer.kind === 'found') print(answer.body, frame);
      else frame.line(answer.kind === 'none' ? answer.reason : answer.message);
    });
    previous = answer;
    await sleep(options.every, signal);
  }
  return exitCodes.interrupted;
}
