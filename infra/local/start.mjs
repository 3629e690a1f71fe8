/** `npm start`. Plain JavaScript, without TypeScript: it must run on a Node that is too old, to say so. */
import { endWithParent } from './end-with-parent.mjs';

// `$PPID` of the script: npm, seen by the shell before this Node has started.
endWithParent(Number(process.argv[2]) || undefined);

// The first version that runs TypeScript as it is.
const NEEDED = [22, 18];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    `This is Node ${process.version}, but ${NEEDED.join('.')} or newer is needed. On Linux and Windows it comes with the optional packages: run "npm ci" without --omit=optional.`,
  );
  process.exit(1);
}
await import('./start.ts');
