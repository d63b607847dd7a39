/** What a placement brought: commits, pull requests and work items, with their links. */
import * as React from 'react';
import type { News } from '../../api/introspection/contract.ts';
import { NewTabLink } from '../components/NewTabLink.tsx';
import { versionOf } from '../components/PlacementMark.tsx';
import { placementStrings } from '../placement-strings.ts';
import { hubStrings } from './strings.ts';
import './NewsList.css';

const shortCommit = 8;

export function NewsList(props: {
  news: Pick<News, 'Commits' | 'PullRequests' | 'WorkItems' | 'AndMore'>;
}): JSX.Element {
  const { Commits, PullRequests, WorkItems, AndMore } = props.news;
  const words = hubStrings.cell;
  const isEmpty = Commits.length + PullRequests.length + WorkItems.length === 0;
  return (
    <div className="news">
      {isEmpty && !AndMore && <p className="secondary-text">{words.noNews}</p>}
      <NewsPart title={words.pullRequests} amount={PullRequests.length}>
        {PullRequests.map(({ Id, Title, Url, Repository }) => (
          <li key={`${Repository}/${Id}`}>
            <MaybeLink href={Url} text={placementStrings.pullRequest(Id, Title)} />
          </li>
        ))}
      </NewsPart>
      <NewsPart title={words.workItems} amount={WorkItems.length} isInline>
        {WorkItems.map(({ Id, Url }) => (
          <li key={Id}>
            <MaybeLink href={Url} text={placementStrings.workItem(Id)} />
          </li>
        ))}
      </NewsPart>
      <NewsPart title={words.commits} amount={Commits.length}>
        {Commits.map(({ Id, Message, Author, Url }) => (
          <li key={Id} className="news-commit">
            <MaybeLink href={Url} text={Id.slice(0, shortCommit)} isCode />
            <span className="break-anywhere">
              {Message} <span className="secondary-text">{Author}</span>
            </span>
          </li>
        ))}
      </NewsPart>
      {AndMore && <p className="secondary-text">{words.andMore}</p>}
    </div>
  );
}

/** The heading over a list of news, by the direction of the two placements. */
export function newsTitle({ Placement, Since, Direction }: News): string {
  const version = versionOf(Placement);
  if (!Since) return hubStrings.cell.news(version);
  const since = versionOf(Since);
  if (Direction === 'backward') return hubStrings.cell.newsBackward(version, since);
  if (Direction === 'unknown') return hubStrings.cell.newsUnknown(version, since);
  return hubStrings.cell.newsSince(version, since);
}

function NewsPart(props: {
  title: string;
  amount: number;
  isInline?: boolean;
  children: React.ReactNode;
}): JSX.Element | null {
  if (props.amount === 0) return null;
  return (
    <>
      <h3 className="news-title">
        {props.title} <span className="secondary-text">{props.amount}</span>
      </h3>
      <ul className={props.isInline ? 'plain-list news-inline' : 'plain-list news-list'}>{props.children}</ul>
    </>
  );
}

/** A link, or the text alone where nothing is known to link to. */
export function MaybeLink(props: { href: string; text: string; isCode?: boolean }): JSX.Element {
  if (!isWebAddress(props.href)) return props.isCode ? <code>{props.text}</code> : <span>{props.text}</span>;
  return <NewTabLink href={props.href} text={props.text} className={props.isCode ? 'code-link' : ''} />;
}

/** Addresses come from events, and `javascript:` would run in this page. */
function isWebAddress(href: string): boolean {
  return /^https?:\/\//i.test(href) && URL.canParse(href);
}
