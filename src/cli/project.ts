import { version } from '../../package.json';

/** What reports say of the program that wrote them. */
export const project = { version };
