/** Names nobody. Its streams are read where there is no holder, so that who is unknown costs what a known one does. */
export const standIn = '00000000-0000-4000-8000-000000000000';
