/** The Cockpit's logic. What views may rely on is in `types.ts`. */
export { createCockpit, type CockpitOptions } from './cockpit.ts';
export { LOADING, valueOf } from './loaded.ts';
export { problemOf } from './problem.ts';
export type * from './types.ts';
