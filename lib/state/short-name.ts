import { redactName } from '../wcs/redact-name.ts';
import { cut, MAX_NAME_BYTES } from './storable.ts';

/** A stream's name as rows, log and commands show it and policies compare it: without secrets, at most 2,048 bytes. */
export const shortName = (name: string) => cut(redactName(name), MAX_NAME_BYTES);
