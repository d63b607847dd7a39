/**
 * What a view shows of an answer: the answer with the notices that belong to it, or a page that says why there is none
 * and what to do.
 */
import * as React from 'react';
import type { ClientError } from '../../api/client-error.ts';
import { LoadingPage } from '../components/LoadingPage.tsx';
import { MessagePage } from '../components/MessagePage.tsx';
import { Notice } from '../components/Notice.tsx';
import type { Tone } from '../components/Picture.tsx';
import { TimeFormatsContext } from '../components/Times.tsx';
import { useKeptFocus } from '../components/use-kept-focus.ts';
import type { FoundKnowledge, Knowledge } from '../live/live-answer.ts';
import type { Live } from '../live/use-live-answer.ts';
import { strings } from '../strings.ts';
import { hubStrings } from './strings.ts';

interface KnowledgeFrameProps<T> {
  readonly live: Live<T>;
  readonly anonymous: boolean;
  /** What to say where the service does not know what it was asked for; by default, of the project. */
  readonly unknown?: Pick<Message, 'title' | 'text'>;
  readonly children: (found: FoundKnowledge<T>) => React.ReactNode;
}

export function KnowledgeFrame<T>(props: KnowledgeFrameProps<T>): JSX.Element {
  const { live } = props;
  const root = React.useRef<HTMLDivElement>(null);
  useKeptFocus(root, live.knowledge.kind);
  return (
    <div className="knowledge-frame" ref={root}>
      <div className="for-screen-readers" role="status">
        {live.said}
      </div>
      {contentOf(props)}
    </div>
  );
}

function contentOf<T>({ live, anonymous, unknown, children }: KnowledgeFrameProps<T>): React.ReactNode {
  const { knowledge } = live;
  if (knowledge.kind === 'loading') return <LoadingPage />;
  if (knowledge.kind === 'found')
    return (
      <>
        <AnswerNotices found={knowledge} />
        {children(knowledge)}
      </>
    );
  const message = { ...messageOf(knowledge, anonymous), ...(knowledge.kind === 'unknown' && unknown) };
  return (
    <MessagePage
      {...message}
      level={2}
      action={live.refreshing ? strings.pages.retrying : strings.pages.retry}
      onAction={live.refresh}
    />
  );
}

function AnswerNotices(props: { found: FoundKnowledge<unknown> }): JSX.Element {
  const { refreshError, fromMemory, unreadable, asOf } = props.found;
  const formats = React.useContext(TimeFormatsContext);
  return (
    <>
      {refreshError && (
        <Notice tone="warning" text={hubStrings.notices.stale(formats.clock(asOf, Date.now()))} />
      )}
      {fromMemory && <Notice tone="info" text={strings.notices.served} />}
      {unreadable > 0 && <Notice tone="info" text={hubStrings.notices.unreadable(unreadable)} />}
    </>
  );
}

interface Message {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  readonly detail?: string;
  readonly traceId?: string;
}

/** The message where there is no answer to show. */
export function messageOf(
  knowledge: Exclude<Knowledge<unknown>, { kind: 'loading' | 'found' }>,
  anonymous: boolean,
): Message {
  switch (knowledge.kind) {
    case 'none':
      return {
        tone: 'waiting',
        title: hubStrings.pages.nothingYet.title,
        text: hubStrings.pages.nothingYet.text,
      };
    case 'unknown':
      return { tone: 'search', ...hubStrings.pages.unknownProject, traceId: knowledge.traceId };
    case 'failed':
      return { ...messageOfError(knowledge.error, anonymous), traceId: knowledge.error.traceId };
  }
}

function messageOfError(error: ClientError, anonymous: boolean): Message {
  switch (error.kind) {
    case 'unauthorized':
    case 'tokenFailed':
      return { tone: 'locked', ...(anonymous ? strings.pages.tokenRequired : strings.pages.signedOut) };
    case 'forbidden':
      return { tone: 'locked', ...hubStrings.pages.noAccess };
    case 'badRequest':
      return {
        tone: 'problem',
        ...strings.pages.invalid,
        detail: [error.message, ...error.details.map(({ message }) => message)].join(' '),
      };
    case 'notAnApi':
      return { tone: 'problem', ...hubStrings.pages.tooOld, detail: error.message };
    case 'invalidResponse':
      return { tone: 'problem', ...hubStrings.pages.unreadable, detail: error.message };
    default:
      return { tone: 'problem', ...hubStrings.pages.unavailable, detail: error.message };
  }
}
