/** `where`: how far a commit, a build, a pull request or a work item has come, drawn as a chain. */
import type { LookupAnswer } from '../../api/client.ts';
import type { IntrospectionClient } from '../../api/introspection/client.ts';
import type { Step, Whereabouts } from '../../api/introspection/contract.ts';
import type { ProjectKey } from '../../api/keys.ts';
import { parseAddress } from '../../azure-devops/address.ts';
import { answered, type Shown, show } from '../answers.ts';
import { organizationOf } from '../azure-devops-options.ts';
import { toTheSecond } from '../builds/lookup-tables.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, usageError } from '../exit-codes.ts';
import { accessOf, introspectionWith } from '../login/service-access.ts';
import { resolveProjectId } from '../projects.ts';
import type { Printer } from '../terminal/printer.ts';
import type { Text } from '../terminal/styled-text.ts';
import { chosenProject, type OneProjectOptions } from './project-options.ts';
import { shortCommit, stateOfPlacement } from './wording.ts';

export interface WhereOptions extends Omit<OneProjectOptions, 'project'>, Shown {
  readonly project?: string;
  readonly repository?: string;
}

/** Prints the chain, and what each environment has of it. @throws CommandError */
export async function where(subject: string, options: WhereOptions, context: Context): Promise<ExitCode> {
  const client = introspectionWith(accessOf(options, context));
  const answer = await answered(lookUp(subject, options, context, client));
  if (answer === undefined) {
    context.err.line('No deployment of this build is known, so its commit is not known either.');
    return exitCodes.badNews;
  }
  return show(Promise.resolve(answer), options, context, showWhereabouts);
}

/** Undefined for a build whose commit is not known. */
async function lookUp(
  subject: string,
  options: WhereOptions,
  context: Context,
  client: IntrospectionClient,
): Promise<LookupAnswer<Whereabouts> | undefined> {
  const { signal } = context;
  if (URL.canParse(subject)) return ofBuild(new URL(subject), context, client);
  const [, sign, digits] = /^([!#])([1-9]\d{0,9})$/.exec(subject) ?? [];
  if (sign !== undefined) {
    const project = await neededProject(options, context);
    const id = Number(digits);
    return sign === '!'
      ? client.getPullRequest({ ...project, pullRequest: id, repository: options.repository }, { signal })
      : client.getWorkItem({ ...project, workItem: id }, { signal });
  }
  if (!/^[0-9a-f]{7,40}$/i.test(subject)) throw usageError(forms);
  const place =
    options.project === undefined
      ? { organization: organizationOf(options, context).name }
      : await neededProject(options, context);
  return client.getCommit({ ...place, commit: subject }, { signal });
}

const forms =
  "argument 'what' must be a commit id (7 to 40 hexadecimal digits), the address of a build, !123 for a pull request or #123 for a work item (quote the last two: a shell reads ! and # itself)";

function neededProject({ project, ...options }: WhereOptions, context: Context): Promise<ProjectKey> {
  if (project === undefined) throw usageError("pull requests and work items need option '--project <name>'");
  return chosenProject({ ...options, project }, context);
}

/** A build is where its commit is. */
async function ofBuild(
  url: URL,
  context: Context,
  client: IntrospectionClient,
): Promise<LookupAnswer<Whereabouts> | undefined> {
  const { organization, project, buildId } = parseAddress(url) ?? {};
  if (organization === undefined || project === undefined || buildId === undefined) throw usageError(forms);
  const named = { organization, project, title: "the project of argument 'what'", isFromAddress: true };
  const place = { organization: organization.name, project: await resolveProjectId(named, context) };
  const { signal } = context;
  const answer = await client.getChanges({ ...place, buildId, top: 1 }, { signal });
  const commit = answer.kind === 'found' ? answer.body.Changes[0]?.Placement.Build.Commit : undefined;
  return commit ? client.getCommit({ ...place, commit }, { signal }) : undefined;
}

function showWhereabouts(body: Whereabouts, out: Printer): void {
  const { Subject, Commits, PullRequests, WorkItems, Environments, Steps, AndMore } = body;
  out.line({ text: Subject, tone: 'heading' }, titleOf(body));
  const related = [
    ...(Commits.length > 1 ? [`${Commits.length} commits`] : []),
    ...PullRequests.map(({ Id }) => `!${Id}`).filter((name) => name !== Subject),
    ...WorkItems.map(({ Id }) => `#${Id}`).filter((name) => name !== Subject),
  ];
  if (related.length > 0) out.line(`  with ${related.join(', ')}`);
  drawChain(Steps, out);
  if (AndMore) out.line('  … and more');
  if (Environments.length === 0) out.line('It has not come to an environment yet.');
  out.table(
    ['ENVIRONMENT', 'SERVICE', 'IS IT THERE', 'VERSION', 'STATE', 'SINCE (UTC)'],
    Environments.map(({ Environment, Service, Presence, Placement, Missing }) => [
      Environment,
      Service,
      presenceText(Presence, Missing),
      Placement ? { text: Placement.Version, link: Placement.DeploymentUrl } : '',
      Placement ? stateOfPlacement(Placement) : '',
      Placement ? toTheSecond(Placement.EndTime ?? Placement.StartTime) : '',
    ]),
  );
}

function titleOf({ Subject, Commits, PullRequests }: Whereabouts): string {
  const title = Subject.startsWith('!') ? PullRequests[0]?.Title : Commits[0]?.Message;
  return title && !Subject.startsWith('#') ? `  ${title}` : '';
}

const presenceTexts: Readonly<Record<string, Text>> = {
  here: { text: 'yes', tone: 'good' },
  partly: { text: 'in part', tone: 'caution' },
  underWay: { text: 'under way', tone: 'active' },
  next: { text: 'next', tone: 'heading' },
  notYet: { text: 'not yet', tone: 'muted' },
};

function presenceText(presence: string, missing: readonly string[]): Text {
  const text = presenceTexts[presence] ?? presence;
  if (presence !== 'partly' || missing.length === 0) return text;
  return { text: `in part, without ${missing.join(', ')}`, tone: 'caution' };
}

/** Draws each step under the first that it follows from. */
function drawChain(steps: readonly Step[], out: Printer): void {
  const keys = new Set(steps.map(({ Key }) => Key));
  const parentOf = (step: Step): string => step.After.find((key) => keys.has(key) && key !== step.Key) ?? '';
  const drawn = new Set<string>();
  const draw = (parent: string, indent: string): void => {
    const children = steps.filter((step) => parentOf(step) === parent && !drawn.has(step.Key));
    for (const [index, step] of children.entries()) {
      drawn.add(step.Key);
      const isLast = index === children.length - 1;
      const [branch, below] =
        indent === '' && parent === '' ? ['', ''] : isLast ? ['└─ ', '   '] : ['├─ ', '│  '];
      out.line(`  ${indent}${branch}`, ...lineOf(step));
      draw(step.Key, `${indent}${below}${parent === '' ? ' ' : ''}`);
    }
  };
  draw('', '');
}

const kindNames: Readonly<Record<string, string>> = {
  pullRequest: 'pull request',
  metadata: 'metadata update',
  environment: 'to',
};

function lineOf({ Kind, Title, Url, By, EndTime, StartTime, Guessed, ...stated }: Step): Text[] {
  const time = toTheSecond(EndTime ?? StartTime ?? '');
  const title = /^[0-9a-f]{40}$/i.test(Title) ? shortCommit(Title) : Title;
  const isPlain = Kind === 'commit' || Kind === 'metadata' || Kind === 'manifest';
  return [
    { text: `${kindNames[Kind] ?? Kind} `, tone: 'muted' },
    { text: title, link: Url },
    ...(isPlain ? [] : ['  ', stateOfPlacement(stated)]),
    ...(By === '' ? [] : [`  ${By}`]),
    ...(time === '' ? [] : [{ text: `  ${time}`, tone: 'muted' } as const]),
    ...(Guessed ? [{ text: '  (a guess)', tone: 'muted' } as const] : []),
  ];
}
