// One page that lives in the browser: the server has only the API and these files.
export const ssr = false;
export const prerender = false;
