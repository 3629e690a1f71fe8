/** `npm start`. Plain JavaScript, without imports: it must run on a Node that is too old, to say so. */

// Killed with -9, npm or a shell cannot tell us: we see that we have another parent.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 500).unref();

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
