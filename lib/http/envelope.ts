/**
 * The parts of API Gateway's event (payload format 2.0) that we read. They are validated because others can invoke the
 * function, too: a test in the console, a warm-up.
 */
import * as v from 'valibot';

const EnvelopeSchema = v.looseObject({
  rawPath: v.string(),
  headers: v.record(v.string(), v.string()),
  // Milliseconds of thirteen digits, as in a rank.
  requestContext: v.looseObject({
    timeEpoch: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9_999_999_999_999)),
  }),
  pathParameters: v.nullish(v.record(v.string(), v.string())),
  body: v.nullish(v.string()),
});

/** Names the first part that API Gateway would not have sent; undefined if the envelope is valid. */
export function problemOfEnvelope(event: unknown): string | undefined {
  const { issues } = v.safeParse(EnvelopeSchema, event, { abortEarly: true });
  if (!issues) return undefined;
  const part = v.getDotPath(issues[0]) ?? 'the event';
  return `not a request from API Gateway (payload format 2.0): ${part} is ${issues[0].input === undefined ? 'missing' : 'not usable'}`;
}
