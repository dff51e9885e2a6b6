// Who is signed in. One object for the whole page; `null` means nobody, `undefined` that we have not asked yet.
import { api, ask, useCsrf } from '$lib/api/client';
import type { Role, Session } from '$lib/api/types';

class SignedIn {
  current: Session | null | undefined = $state();

  set(session: Session | null): void {
    this.current = session;
    useCsrf(session?.csrf_token ?? null);
  }

  /** Asks the server once; later calls give what is known. */
  async load(): Promise<Session | null> {
    if (this.current !== undefined) return this.current;
    const answer = await api.GET('/api/v1/session').catch(() => undefined);
    if (answer?.data) this.set(answer.data);
    else if (answer?.response.status === 401) this.set(null);
    else await ask(Promise.resolve(answer ?? Promise.reject()));
    return this.current ?? null;
  }

  get user() {
    return this.current?.user;
  }

  get organization() {
    return this.current?.organization;
  }

  /** Whether one of the roles is held; an owner may do everything. */
  may(...roles: Role[]): boolean {
    const held = this.current?.user.roles ?? [];
    return held.includes('owner') || roles.some((role) => held.includes(role));
  }

  async signOut(): Promise<void> {
    await ask(api.DELETE('/api/v1/session'));
    this.set(null);
  }
}

export const session = new SignedIn();
