/** Why a hook is not answered 200, and how much of that the caller sees. */

export interface HttpErrorDetails {
  /** The field of the body that is wrong. */
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The caller sees its message for a 4xx, and the bare status for a 5xx. */
export class HttpError extends Error {
  override name = 'HttpError';
  readonly statusCode: number;
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, message: string, { field, headers = {}, cause }: HttpErrorDetails = {}) {
    super(message, { cause });
    this.statusCode = statusCode;
    this.field = field;
    this.headers = headers;
  }

  get expose(): boolean {
    return this.statusCode < 500;
  }
}

/** Any other error is a bug of ours, and becomes a bare 500. */
export const asHttpError = (error: unknown) =>
  error instanceof HttpError ? error : new HttpError(500, 'unexpected error', { cause: error });
