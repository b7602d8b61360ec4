import { z } from 'zod'

/* The content security policy forbids eval; without this zod tries it once and the browser logs a violation. Must run before any schema does. */
z.config({ jitless: true })
