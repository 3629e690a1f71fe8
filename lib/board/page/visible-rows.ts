/** Only the rows that can be seen are in the document, so that 10,000 of them cost what 40 do. */
export const ROW_HEIGHT = 44;
/** Rows beyond the edges: the next one is there when the keyboard moves to it. */
const SPARE_ROWS = 12;

/**
 * @param above how much of the list, in pixels, is above the upper edge of the window
 * @returns the rows that must be there, the last one excluded
 */
export function visibleRows(above: number, windowHeight: number, count: number): { first: number; last: number } {
  const first = Math.floor(above / ROW_HEIGHT) - SPARE_ROWS;
  const last = Math.ceil((above + windowHeight) / ROW_HEIGHT) + SPARE_ROWS;
  return { first: Math.min(Math.max(0, first), count), last: Math.max(0, Math.min(count, last)) };
}
