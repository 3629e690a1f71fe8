/** What API Gateway puts around a hook (payload format 2.0), as far as we look at it. Others may call a function too: a console's test, a warm-up. */
import * as v from 'valibot';

const EnvelopeSchema = v.looseObject({
  rawPath: v.string(),
  headers: v.record(v.string(), v.string()),
  // Thirteen digits of milliseconds, as in a rank.
  requestContext: v.looseObject({
    timeEpoch: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999_999_999_999)),
  }),
  pathParameters: v.nullish(v.record(v.string(), v.string())),
  body: v.nullish(v.string()),
});

/** What of the envelope is not as a gateway sends it; undefined if all is. */
export function problemOfEnvelope(event: unknown): string | undefined {
  const { issues } = v.safeParse(EnvelopeSchema, event, { abortEarly: true });
  if (!issues) return undefined;
  const part = v.getDotPath(issues[0]) ?? 'the event';
  return `no request of API Gateway (payload format 2.0): ${part} is ${issues[0].input === undefined ? 'missing' : 'not usable'}`;
}
