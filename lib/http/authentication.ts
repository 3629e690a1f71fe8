import { verify } from '../wcs/signature.ts';
import { HttpError } from '../hooks/errors.ts';
import type { HookDeps, Middleware } from './middleware.ts';

/** Without `charset` a JVM encodes the credentials in Latin-1. */
const CHALLENGE = 'Basic realm="wcs-hooks", charset="UTF-8"';

/** Passes on authentic hooks only: checks the signature over the raw bytes or HTTP Basic, whichever is configured. */
export const authentication = ({
  settings: { credentials, takesUnsigned },
  rotatedCredentials,
}: Pick<HookDeps, 'settings' | 'rotatedCredentials'>): Middleware => ({
  async before({ event }) {
    if (takesUnsigned) return;
    const { authorization } = event.headers;
    let check = verify(authorization, event.rawBody, credentials);
    if (check === 'wrong') {
      const rotated = await rotatedCredentials?.();
      if (rotated) check = verify(authorization, event.rawBody, rotated);
    }
    if (check === 'authentic') return;
    if (check === 'missing' && credentials.basic) {
      // A JVM client sends its credentials only when challenged.
      throw new HttpError(401, 'no Authorization header: expected HTTP Basic credentials', {
        headers: { 'www-authenticate': CHALLENGE },
      });
    }
    // Wrong credentials never get a 401: a JVM client would send each hook 20 times.
    throw new HttpError(
      403,
      check === 'missing' ? 'no Authorization header: expected a signed hook' : 'the credentials are wrong',
    );
  },
});
