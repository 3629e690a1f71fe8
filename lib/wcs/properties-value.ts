/**
 * What becomes of a secret in WCS's flashphoner.properties, which Java reads (java.util.Properties.load). There WCS signs
 * with another secret than this backend, and nothing says why every hook is rejected.
 */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/\\/, 'a backslash, which Java takes for the start of an escape'],
  [/[\r\n]/, 'a line end, where Java ends the value'],
  [/^[ \t\f]|[ \t\f]$/, 'blanks at an end, which Java drops in front and nobody sees behind'],
  [/[^\0-\x7f]/, 'characters outside ASCII, which Java reads as Latin-1, whatever the editor wrote'],
];

/** Why the value would not come through as it is; empty if it would. Never quotes it. */
export const changesInProperties = (value: string): readonly string[] =>
  CHANGES.flatMap(([pattern, change]) => (pattern.test(value) ? [change] : []));

/** What an operator is to be told of the secrets, by their names; none that comes through as it is. */
export const propertiesWarnings = (secrets: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(secrets).flatMap(([name, secret = '']) => {
    const changes = changesInProperties(secret);
    return changes.length === 0 ? [] : [`${name} has ${changes.join('; ')}. ${PROPERTIES_MEANING} ${PROPERTIES_TODO}`];
  });

export const PROPERTIES_MEANING =
  'In flashphoner.properties it may become another secret, and each hook of that WCS is then rejected.';
export const PROPERTIES_TODO = 'Take hex, in both places: openssl rand -hex 32.';
