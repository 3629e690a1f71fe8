/** Telephone numbers and SIP addresses, as far as a log may show them. */

/** Seven digits or more, however they are grouped. Extensions and addresses (192.168.1.101:5060) have fewer in a row. */
const NUMBER = /\+?\d(?:[ ()/-]{0,3}\d){6,}/g;
const SHOWN_START = 5;
const SHOWN_END = 2;
const LEAST_HIDDEN = 3;

/** Shortens every telephone number in a text, as in `+4930…42`: enough to recognise the country, the area, and a caller who gives his number. */
export const shortNumbers = (text: string) =>
  text.replace(NUMBER, (number) => {
    const start = Math.min(SHOWN_START, number.length - SHOWN_END - LEAST_HIDDEN);
    return `${number.slice(0, start)}…${number.slice(-SHOWN_END)}`;
  });

const URI = /\b(?:sips?|tel):/i;
/** What stands before the @ of a SIP URI with a password. */
const USER_AND_PASSWORD = /^(.*?\bsips?:[^:]*):.*$/is;

/** A SIP or tel URI without its password, parameters and headers; anything else as it is. */
export function sipAddress(text: string): string {
  if (!URI.test(text)) return text;
  const [address = ''] = text.split(/[;?]/, 1);
  // Pages send what they like, 262,144 bytes of it: an expression that looks for the @ itself would read on to the end from
  // each `sip:` in them.
  const parts = address.split('@');
  const host = parts.pop();
  return [...parts.map((part) => part.replace(USER_AND_PASSWORD, '$1')), host].join('@');
}
