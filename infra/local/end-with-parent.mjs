/**
 * Ends this process when the one that started it is gone: killed with -9, npm or a shell cannot tell us, but we have another
 * parent then. `parent` says which it was, as it may have been killed before our first line. Plain JavaScript, without
 * imports: it must run on a Node that is too old.
 */
export function endWithParent(parent = process.ppid) {
  const check = () => {
    if (process.ppid !== parent) process.exit(1);
  };
  check();
  setInterval(check, 500).unref();
}
