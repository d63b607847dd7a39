/** An integration case, as `case.schema.json` describes it. */

export type CallerName = 'nobody' | 'service' | 'ungranted' | 'user' | 'stranger' | 'expired' | 'limited';

export interface CaseRequest {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A JSON schema, or null for what must not be there. */
export type Matcher = Readonly<Record<string, unknown>> | null;

export interface Expectation {
  readonly status: number;
  readonly headers?: Readonly<Record<string, Matcher>>;
  readonly body?: Matcher;
  readonly text?: string;
}

export interface IntegrationCase {
  readonly name: string;
  /** The name of its file, without what it ends with. */
  readonly group: string;
  readonly environments: 'all' | 'embedded';
  readonly caller: CallerName;
  readonly first?: {
    readonly request: CaseRequest;
    readonly keep?: Readonly<Record<string, { readonly header: string } | { readonly body: string }>>;
  };
  readonly request: CaseRequest;
  readonly expect: Expectation;
}
