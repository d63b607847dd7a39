/** `completion`: a script that lets a shell complete commands and options. It is made from the commands themselves. */
import { Argument, type Command } from 'commander';
import type { Context, Ends } from './context.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** Adds `completion`. */
export function registerCompletion(program: Command, { out }: Context, ends: Ends): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices([...shells]))
    .description('print a script that completes commands and options in a shell')
    .addHelpText('after', help)
    .action(
      ends(async (shell: Shell) => {
        out.block(scripts[shell](wordsByCommand(program)));
        return undefined;
      }),
    );
}

const help = `
Examples:
  source <(deployments completion bash)        # in ~/.bashrc
  source <(deployments completion zsh)         # in ~/.zshrc, after compinit
  deployments completion fish > ~/.config/fish/completions/deployments.fish`;

/** What may follow a command: `['get', ['build', '--top', …]]`; the program itself has an empty name. */
type Words = readonly (readonly [command: string, words: readonly string[]])[];

function wordsByCommand(command: Command, name = ''): Words {
  const { commands } = command;
  const options = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []);
  const words = [...commands.map((one) => one.name()), ...options, '--help'];
  const below = commands.flatMap((one) => wordsByCommand(one, `${name} ${one.name()}`.trim()));
  return [[name, words], ...below];
}

/** Names of commands and options are ours: lower case letters and hyphens, which need no quotes. */
const scripts: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: (words) => `_deployments() {
  local word path="" candidate
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    candidate="\${path:+$path }$word"
    case "$candidate" in
${commandPattern(words, '      ')}) path="$candidate" ;;
    esac
  done
  local words=""
  case "$path" in
${words.map(([name, following]) => `    "${name}") words="${following.join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _deployments deployments`,

  zsh: (words) => `#compdef deployments
_deployments() {
  local word path_="" candidate
  for word in "\${(@)words[2,CURRENT-1]}"; do
    candidate="\${path_:+$path_ }$word"
    case "$candidate" in
${commandPattern(words, '      ')}) path_="$candidate" ;;
    esac
  done
  case "$path_" in
${words.map(([name, following]) => `    "${name}") compadd -- ${following.join(' ')} ;;`).join('\n')}
  esac
}
compdef _deployments deployments`,

  fish: (words) =>
    words
      .map(([name, following]) => {
        const seen = name === '' ? '' : `__fish_seen_subcommand_from ${name.split(' ').at(-1)}`;
        const condition = seen === '' ? '__fish_use_subcommand' : seen;
        return `complete -c deployments -f -n '${condition}' -a '${following.join(' ')}'`;
      })
      .join('\n'),
};

function commandPattern(words: Words, indent: string): string {
  const names = words.map(([name]) => name).filter((name) => name !== '');
  return `${indent}${names.map((name) => `"${name}"`).join('|')}`;
}
