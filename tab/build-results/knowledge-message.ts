/** The messages for pages without rows. */
import type { ClientError } from '../../api/client-error.ts';
import type { Tone } from '../components/Picture.tsx';
import { strings } from '../strings.ts';
import type { Knowledge } from './live-deployments.ts';

export interface KnowledgeMessage {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  /** The message of the service, for whoever has to find the cause. */
  readonly detail?: string;
  readonly traceId?: string;
}

/**
 * The message to show instead of the table; undefined while loading, and if there are rows.
 *
 * @param anonymous whether the page sends no token, so that signing in again cannot help
 */
export function messageOf(knowledge: Knowledge, anonymous = false): KnowledgeMessage | undefined {
  switch (knowledge.kind) {
    case 'loading':
      return undefined;
    case 'deployments':
      return knowledge.rows.length > 0 ? undefined : { tone: 'problem', ...strings.pages.unreadable };
    case 'none':
      return { tone: 'waiting', ...strings.pages.noDeployments };
    case 'unknownBuild':
      return { tone: 'search', ...strings.pages.unknownBuild };
    case 'failed':
      return { ...messageOfError(knowledge.error, anonymous), traceId: knowledge.error.traceId };
  }
}

function messageOfError(error: ClientError, anonymous: boolean): KnowledgeMessage {
  switch (error.kind) {
    case 'unauthorized':
    case 'tokenFailed':
      return { tone: 'locked', ...(anonymous ? strings.pages.tokenRequired : strings.pages.signedOut) };
    case 'forbidden':
      return { tone: 'locked', ...strings.pages.noAccess };
    case 'badRequest':
      return { tone: 'problem', ...strings.pages.invalid, detail: error.message };
    default:
      return { tone: 'problem', ...strings.pages.unavailable, detail: error.message };
  }
}
