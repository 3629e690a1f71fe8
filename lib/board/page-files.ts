/** The page's files, by their path behind `/board/`. */
export interface PageTexts {
  readonly html: string;
  readonly script: string;
  readonly styles: string;
}

/** The build (infra/build/page.ts) puts the texts in place of this name. */
declare const BOARD_PAGE: PageTexts;

/** The page runs its own script and sends requests to its own origin, nothing else: no stream's name can become code. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const pageFiles = {
  '': { type: 'text/html; charset=utf-8', body: BOARD_PAGE.html, contentSecurityPolicy },
  'board.js': { type: 'text/javascript; charset=utf-8', body: BOARD_PAGE.script },
  'board.css': { type: 'text/css; charset=utf-8', body: BOARD_PAGE.styles },
};
