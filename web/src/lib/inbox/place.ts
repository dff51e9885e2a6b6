/** Where in the inbox one was, so that “back” leads to the same list. */
export const inboxPlace = { query: '', row: '' };
