import { z } from 'zod'

/* The content security policy forbids eval. Without this zod tries it once when the first schema is made, and the browser logs a violation;
   so everything that makes schemas is loaded after it. */
z.config({ jitless: true })
forgetToken()
void import('./start')

/** The server has turned the token of the address into a cookie; it should not stay in the history. */
function forgetToken(): void {
  if (new URLSearchParams(location.search).has('token')) history.replaceState(null, '', location.pathname + location.hash)
}
