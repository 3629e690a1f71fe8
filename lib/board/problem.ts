/**
 * Every failure that the board answers, as problem details (RFC 9457). It is not the hooks' HttpError: WCS gets the bare status of
 * a 5xx, but people get to read what they can do.
 */

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

interface ProblemDetails {
  /** The parameter, or the member of the body, that is wrong. */
  readonly parameter?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The caller sees its message, which never quotes a token; `cause` is for the log. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly parameter: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, { parameter, headers = {}, cause }: ProblemDetails = {}) {
    super(message, { cause });
    this.status = status;
    this.parameter = parameter;
    this.headers = headers;
  }

  /** The body of the answer. */
  get details() {
    return {
      type: 'about:blank',
      title: TITLES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      ...(this.parameter === undefined ? {} : { parameter: this.parameter }),
    };
  }
}

export const notFound = () => new Problem(404, 'there is nothing here');

/** Any other error is a bug of ours, and nothing of it is shown. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(500, 'unexpected error', { cause: error });
