/** The places of the Cockpit, and which of them a view belongs to. */
import type { IconName } from '../ui/icons.tsx';

export interface Place {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** Further routes that belong to it. */
  readonly covers?: readonly string[];
}

export const places: readonly Place[] = [
  { href: '/', label: 'Market', icon: 'market', covers: ['/model/', '/buy/'] },
  { href: '/agreements/', label: 'Agreements', icon: 'agreement', covers: ['/agreement/'] },
  { href: '/own/', label: 'Own', icon: 'own' },
  { href: '/provide/', label: 'Provide', icon: 'provide' },
  { href: '/network/', label: 'Network', icon: 'network' },
  { href: '/account/', label: 'Account', icon: 'account' },
];

/** The place that a path belongs to, whether or not it ends in a slash; `undefined` for pages beside them. */
export function placeOf(pathname: string): Place | undefined {
  const path = pathname.endsWith('/') ? pathname : `${pathname}/`;
  const isIn = (route: string) => (route === '/' ? path === '/' : path.startsWith(route));
  return places.find(({ href, covers = [] }) => [href, ...covers].some(isIn));
}
