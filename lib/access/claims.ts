/** What a token says its bearer may do. */
import * as v from 'valibot';
import { withoutUriSecrets } from '../wcs/uri-secrets.ts';
import { isSipAccountName } from './sip-account-name.ts';

/** A hundred years: a longer maximum is a mistake, and its end may be no valid date. */
export const MAX_SECONDS = 100 * 365 * 24 * 3600;
/** The most that a session's row keeps of its token: the row is read with every hook that has no token of its own. */
const MAX_KEPT_BYTES = 2048;

const list = v.optional(v.array(v.string()));
const subject = v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxBytes(256)));
/** Without the secrets of URIs, as rows show names: what is kept of a token has none either. */
const names = v.optional(v.array(v.pipe(v.string(), v.transform(withoutUriSecrets))));

const words = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((word) => word.trim())),
);

export const ClaimsSchema = v.object({
  /** The user: the only claim that rows and the log show. */
  sub: subject,
  /** Globs of the stream names that it may publish, and play. */
  publish: names,
  play: names,
  /** The callees that it may call and transfer to: exact values, not globs. */
  call: list,
  /** Whom its calls go to, whatever the client asked for. It needs no `call` for that. */
  callee: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxBytes(256))),
  /** The name of the SIP account that its connection registers with. */
  sip: v.optional(v.pipe(v.string(), v.check(isSipAccountName))),
  /** Seconds after which its streams are stopped. */
  maxDuration: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(MAX_SECONDS))),
  /** What it may do on the board (lib/board); a claim of somebody else's with this name stops nobody's stream. */
  board: v.fallback(v.optional(v.union([v.array(v.string()), words])), undefined),
  /** The name that its stream is published under, whatever the client asked for. */
  rename: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxBytes(2048), v.transform(withoutUriSecrets))),
});
export type Claims = v.InferOutput<typeof ClaimsSchema>;

/** The claims of a verified payload, or which of them is unusable. Other claims are dropped. */
export function readClaims(payload: unknown): { readonly claims: Claims } | { readonly problem: string } {
  const { success, output, issues } = v.safeParse(ClaimsSchema, payload, { abortEarly: true });
  return success ? { claims: output } : { problem: `unusable claim ${v.getDotPath(issues[0]) ?? ''}`.trim() };
}

/** The user of a verified payload, even if its other claims are unusable. */
export function readSub(payload: unknown): string | undefined {
  const { success, output } = v.safeParse(v.object({ sub: subject }), payload);
  return success ? output.sub : undefined;
}

/** The claims as a session's row keeps them, as JSON, without `sub` and what is not for hooks; undefined if they are too many. */
export function keptText(claims: Claims): string | undefined {
  const text = JSON.stringify({ ...claims, sub: undefined, board: undefined });
  return Buffer.byteLength(text) <= MAX_KEPT_BYTES ? text : undefined;
}

/** Reads claims back from a row; undefined for any other text that somebody wrote there. */
export function readKept(text: string): Claims | undefined {
  try {
    const read = readClaims(JSON.parse(text));
    return 'claims' in read ? read.claims : undefined;
  } catch {
    return undefined;
  }
}
