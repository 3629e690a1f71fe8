/**
 * The name of a stream as policies judge and rows show it. Of a URI (RTSP) the query and the fragment are no part of the
 * name: they carry the client's token (`?aclAuth=…`).
 */
export function streamName(name: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return name;
  const end = name.search(/[?#]/);
  return end < 0 ? name : name.slice(0, end);
}
