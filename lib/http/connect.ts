import { restClientConfig } from '../wcs/rest-client-config.ts';
import type { MethodName } from '../wcs/methods.ts';
import type { Act, Hook } from './hook.ts';

/**
 * Answers `connect`: the received text with `restClientConfig` inserted before its last brace. Serialising the parsed
 * body again would change numbers and drop duplicate keys.
 */
export function answerConnect(failMethods: readonly MethodName[]): Act {
  const member = `"restClientConfig":${JSON.stringify(restClientConfig(failMethods))}`;
  return ({ rawBody, body }: Hook) => {
    const brace = rawBody.lastIndexOf('}');
    const comma = Object.keys(body).length > 0 ? ',' : '';
    const answer = Buffer.concat([rawBody.subarray(0, brace), Buffer.from(comma + member), rawBody.subarray(brace)]);
    return { outcome: 'echoed', answer };
  };
}
