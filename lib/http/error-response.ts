/** Every response but 200. */
import type { HttpError } from '../hooks/errors.ts';

const REASONS: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Payload Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export function responseTo(error: HttpError) {
  const body = {
    error: REASONS[error.statusCode] ?? 'Error',
    ...(error.expose ? { message: error.message, field: error.field } : {}),
  };
  return {
    statusCode: error.statusCode,
    headers: { 'content-type': 'application/json', ...error.headers },
    body: JSON.stringify(body),
  };
}
