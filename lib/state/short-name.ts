import { redactName } from '../wcs/redact-name.ts';
import { cut, MAX_NAME_BYTES } from './storable.ts';

/** A stream's name as rows, log and commands show it and policies judge it: without secrets, and no longer than an index takes. */
export const shortName = (name: string) => cut(redactName(name), MAX_NAME_BYTES);
