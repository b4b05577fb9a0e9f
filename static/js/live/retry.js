// @ts-check
/** The event of the window that asks every line to try again at once. */
export const RETRY = 'nv:retry';
