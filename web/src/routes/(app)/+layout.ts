// Everything in here needs somebody who is signed in. A person who is not goes to the sign-in page and comes back.
import { resolve } from '$app/paths';
import { asProblem } from '$lib/api/problem';
import { session } from '$lib/state/session.svelte';
import { error, redirect } from '@sveltejs/kit';

export async function load({ url }) {
  const signedIn = await session.load().catch((thrown) => error(503, asProblem(thrown).message || 'The server did not answer. Try again in a moment.'));
  if (!signedIn) redirect(307, `${resolve('/sign-in')}?next=${encodeURIComponent(url.pathname + url.search)}`);
}
