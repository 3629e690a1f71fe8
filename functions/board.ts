/** The board: a page that shows what is live, and its API. */
import { createBoardFunction } from '../lib/composition/board-function.ts';
import { pageFiles } from '../lib/board/page-files.ts';

export const { handler, ready } = createBoardFunction(pageFiles);
