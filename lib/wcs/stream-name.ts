/**
 * The name of a stream as policies judge and rows show it. Of a URI (RTSP) the query and the fragment are no part of the
 * name: they carry the client's token (`?aclAuth=…`).
 */
export const streamName = (name: string) =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(name) ? name.replace(/[?#].*$/s, '') : name;
