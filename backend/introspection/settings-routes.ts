/**
 * Changing the settings of a project: `PUT settings` replaces a version, `POST settings/preview` says what settings
 * would match. Both are for whoever may edit the pipelines of the project. Reading them is a lookup: see `settings.ts`.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SettingsPreview } from '../../api/introspection/contract.ts';
import { readProjectKey } from '../../api/introspection/parameters.ts';
import { introspectionPaths } from '../../api/introspection/paths.ts';
import { readSettingsReplacement, readSettingsToPreview } from '../../api/introspection/settings-form.ts';
import type { ProjectKey } from '../../api/keys.ts';
import type { ParameterReading } from '../../api/query.ts';
import type { KustoClient } from '../../kusto/client/client.ts';
import { previewProjectSettings } from '../../kusto/client/functions.ts';
import { flagOf, textOf, textsOf } from '../../kusto/client/rows.ts';
import type { AnswerCache } from '../cache/answer-cache.ts';
import { type Problem, sendMistakes, sendProblem } from '../errors.ts';
import type { Rights } from '../rights/rights.ts';
import { rowsOf, serviceOf } from './parts.ts';
import { saveSettings } from './settings-store.ts';

export interface SettingsServices {
  readonly kusto: KustoClient;
  readonly rights: Rights;
  /** Answers that settings change. */
  readonly cache: Pick<AnswerCache, 'dropAll'>;
  /** Told when saving began (`performance.now()`). */
  readonly onSaved?: ((startedAt: number) => void) | undefined;
}

interface SettingsRoute {
  readonly Querystring: { readonly raw: string };
}

/** Enough for all services and environments that there may be, with some patterns each. */
const longestBody = 1_024 * 1_024;
/** Nobody looks at a page that waits for it, and nothing is repeated: it may take longer than a lookup. */
const queryTimeoutMs = 5_000;
const rightsTimeoutMs = 3_000;

/** Adds the routes to `app`. */
export function serveSettings(
  app: FastifyInstance,
  { kusto, rights, cache, onSaved }: SettingsServices,
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: longestBody },
      (_request, body, done) => done(null, body),
    );
    // Anything else is refused with words of ours, and a form of a foreign page is never read.
    scope.addContentTypeParser('*', { bodyLimit: longestBody }, (_request, payload, done) => {
      payload.resume();
      done(null, undefined);
    });

    scope.put<SettingsRoute>(
      introspectionPaths.settings,
      { bodyLimit: longestBody },
      async (request, reply) => {
        const asked = await admitted(request, reply, readSettingsReplacement);
        if (!asked) return reply;
        const { key, values } = asked;
        const { caller, id } = request;
        const startedAt = performance.now();
        const saving = await saveSettings(
          kusto,
          key,
          { ...values, savedBy: caller.id },
          optionsOf(request, id),
        );
        cache.dropAll();
        switch (saving.kind) {
          case 'saved':
            onSaved?.(startedAt);
            return reply.header('cache-control', 'no-store').send(saving.saved);
          case 'conflict':
            return sendConflict(reply, saving.current.Version);
          case 'unconfirmed':
            return sendProblem(reply, unconfirmed);
        }
      },
    );

    scope.post<SettingsRoute>(
      introspectionPaths.settingsPreview,
      { bodyLimit: longestBody },
      async (request, reply) => {
        const asked = await admitted(request, reply, readSettingsToPreview);
        if (!asked) return reply;
        const { organization, project } = asked.key;
        const { text, parameters } = previewProjectSettings.call({
          AdoOrganizationName: organization,
          AdoProjectId: project,
          Settings: asked.values,
        });
        const options = optionsOf(request, request.id);
        const rows = await kusto.query(text, parameters, {
          interactive: true,
          mostRows: 100_000,
          ...options,
        });
        const preview: SettingsPreview = {
          Services: rowsOf(rows, 'service').map(serviceOf),
          Environments: rowsOf(rows, 'environment').map((row) => ({
            Name: textOf(row, 'Environment'),
            Tier: textOf(row, 'Tier'),
            Guessed: flagOf(row, 'Guessed'),
            Matches: textsOf(row, 'Matches'),
            Ambiguous: textsOf(row, 'Ambiguous'),
          })),
          Unmatched: rowsOf(rows, 'unmatched').map((row) => textOf(row, 'Pattern')),
        };
        return reply.header('cache-control', 'no-store').send(preview);
      },
    );
  });

  /** The project and the body of a request whose sender may edit; undefined after refusing it. */
  async function admitted<T>(
    request: FastifyRequest<SettingsRoute>,
    reply: FastifyReply,
    readBody: (body: unknown) => ParameterReading<T>,
  ): Promise<{ readonly key: ProjectKey; readonly values: T } | undefined> {
    const { caller } = request;
    const refusal = rights.refusal(caller);
    if (refusal !== undefined) {
      sendProblem(reply, { status: 403, message: refusal });
      return undefined;
    }
    const project = readProjectKey(request.query.raw);
    const json = jsonOf(request.body);
    const body = json.ok ? readBody(json.values) : json;
    if (!project.ok || !body.ok) {
      sendMistakes(reply, [...(project.ok ? [] : project.mistakes), ...(body.ok ? [] : body.mistakes)]);
      return undefined;
    }
    const key = project.values;
    const problem = await refusalToEdit(request, key);
    if (problem) {
      sendProblem(reply, problem);
      return undefined;
    }
    return { key, values: body.values };
  }

  /** To whoever may not see a project, it is the same as one that is not known. */
  async function refusalToEdit({ caller }: FastifyRequest, key: ProjectKey): Promise<Problem | undefined> {
    const sight = await rights.sight(caller, { named: key }, rightsTimeoutMs);
    if (sight.kind !== 'all') return unknownProject(key);
    if (await rights.mayEdit(caller, key, rightsTimeoutMs)) return undefined;
    const { organization, project } = key;
    const message = `Forbidden: settings of project ${project} in organization ${organization} are for whoever may edit its pipelines.`;
    return { status: 403, message };
  }
}

const unconfirmed: Problem = {
  status: 503,
  message: 'The settings were written and cannot be read yet. Read them before you save again.',
  retryAfterSeconds: 5,
};

function unknownProject({ organization, project }: ProjectKey): Problem {
  const message = `There is no record of project ${project} in organization ${organization}.`;
  return { status: 404, message: 'Not Found', details: [{ target: 'adoProjectId', message }] };
}

function optionsOf({ caller }: FastifyRequest, traceId: string) {
  return { traceId, caller: caller.kind === 'anyone' ? undefined : caller.id, timeoutMs: queryTimeoutMs };
}

function jsonOf(body: unknown): ParameterReading<unknown> {
  const mistake = (message: string): ParameterReading<never> => ({
    ok: false,
    mistakes: [{ target: 'body', message }],
  });
  if (typeof body !== 'string')
    return mistake('The body is missing; it must be JSON, with the content type application/json.');
  try {
    return { ok: true, values: JSON.parse(body) };
  } catch {
    return mistake('The body is not valid JSON.');
  }
}

/** The body has the shape of every error, and the version that is current. */
function sendConflict(reply: FastifyReply, currentVersion: number): FastifyReply {
  const message = `Somebody saved settings since: version ${currentVersion} is current. Read it, and save again in its place.`;
  const details = [{ target: 'Version', message }];
  return reply
    .code(409)
    .header('cache-control', 'no-store')
    .send({ code: '409', message, details, currentVersion, traceId: reply.request.id });
}
