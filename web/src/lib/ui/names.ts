/** Two letters for a person; a question mark where there is nothing to take them from. */
export function initials(name: string): string {
  const words = name.replace(/^@/, '').split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]?.slice(0, 1), words[0]?.slice(1, 2)];
  return letters.map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase() || '?';
}

/** A platform as people write it, from the connector's id. */
export function platformOf(connector: string): string {
  return connector.charAt(0).toUpperCase() + connector.slice(1);
}

/** What people call somebody: the name shown, or the handle. */
export function calledOf(contact: { handle: string; display_name?: string | null } | null | undefined): string | null {
  return contact ? contact.display_name || contact.handle : null;
}
