/**
 * Errors as Kusto's REST API gives them: the one place where an error becomes a status and a body.
 * https://learn.microsoft.com/kusto/api/rest/response-http-v2
 */
import { KqlError } from '../errors.ts';
import { EngineError, type EngineErrorKind } from '../store/engine-error.ts';

/** A request that is wrong before its query or command is looked at. */
export class WireError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'WireError';
    this.status = status;
  }
}

/** An error on its way to the client. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  /** Kusto's short sentence for this kind of error. */
  readonly summary: string;
  readonly type: string;
  readonly detail: string;
  /** Whether trying again cannot help. */
  readonly permanent: boolean;
}

/** Who asked, for the error's context. */
export interface RequestIds {
  readonly clientRequestId: string;
  readonly activityId: string;
}

const INVALID = 'Request is invalid and cannot be executed.';
const INTERNAL: Omit<Failure, 'detail'> = {
  status: 500,
  code: 'General_InternalServerError',
  summary: 'Internal service error.',
  type: 'Kusto.Common.Svc.Exceptions.InternalServiceErrorException',
  permanent: false,
};
const ENGINE_FAILURES: Readonly<Record<EngineErrorKind, Omit<Failure, 'detail'>>> = {
  timeout: {
    status: 504,
    code: 'Timeout',
    summary: 'Request execution has timed out.',
    type: 'Kusto.DataNode.Exceptions.QueryTimedOutException',
    permanent: false,
  },
  busy: {
    status: 429,
    code: 'TooManyRequests',
    summary: 'Request is denied due to throttling.',
    type: 'Kusto.DataNode.Exceptions.ControlCommandThrottledException',
    permanent: false,
  },
  unavailable: {
    status: 503,
    code: 'ServiceUnavailable',
    summary: 'The service is not available.',
    type: 'Kusto.Common.Svc.Exceptions.ServiceUnavailableException',
    permanent: false,
  },
  damaged: { ...INTERNAL, permanent: true },
  fault: INTERNAL,
};

/** The answer for `error`. A failure that is not the request's fault reveals no details. */
export function failureOf(error: unknown): Failure {
  if (error instanceof KqlError) return badRequest(400, error.code, error.message);
  if (error instanceof WireError) return badRequest(error.status, 'General_BadRequest', error.message);
  if (error instanceof EngineError && error.kind !== 'fault') {
    return { ...ENGINE_FAILURES[error.kind], detail: error.message };
  }
  return fault();
}

/** The body that Kusto's clients read a failure from. */
export function failureBody(failure: Failure, { clientRequestId, activityId }: RequestIds): string {
  const { code, summary, type, detail, permanent } = failure;
  return JSON.stringify({
    error: {
      code,
      message: summary,
      '@type': type,
      '@message': detail,
      '@context': {
        timestamp: new Date().toISOString(),
        serviceAlias: 'EMBEDDED',
        clientRequestId,
        activityId,
        subActivityId: activityId,
        activityType: 'GW.Http.CallContext',
        parentActivityId: activityId,
      },
      '@permanent': permanent,
    },
  });
}

function badRequest(status: number, code: string, detail: string): Failure {
  return {
    status,
    code,
    summary: INVALID,
    type: 'Kusto.Data.Exceptions.KustoBadRequestException',
    detail,
    permanent: true,
  };
}

function fault(): Failure {
  return { ...ENGINE_FAILURES.fault, detail: 'The engine failed to run the request; its log says why' };
}
