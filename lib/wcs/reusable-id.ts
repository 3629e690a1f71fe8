/** `/ip:port/ip:port` without a uuid behind it: WCS gives it again to a later connection from the same address. */
export const isReusable = (sessionId: string) => /^\/[^/]+:\d+\/[^/]+:\d+$/.test(sessionId);
