/** The page's start: takes the token out of the URL before anything else can see it. */
import { render } from 'preact';
import { App } from './app.tsx';
import './board.css';
import { tokenIn } from './token.ts';

const KEPT = 'token';

function takeToken(): string | undefined {
  const given = tokenIn(location.hash);
  if (given === undefined) return sessionStorage.getItem(KEPT) ?? undefined;
  history.replaceState(null, '', `${location.pathname}${location.search}#/names`);
  sessionStorage.setItem(KEPT, given);
  return given;
}

const place = document.getElementById('board');
function show(): void {
  const token = takeToken();
  if (place) render(<App key={token} token={token} onToken={keepToken} />, place);
}
function keepToken(token: string): void {
  sessionStorage.setItem(KEPT, token);
  show();
}

// A link with a new token may be opened in a tab that has the page already.
addEventListener('hashchange', () => {
  if (tokenIn(location.hash) !== undefined) show();
});
show();
