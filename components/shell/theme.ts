/** Light or dark: what the system says, unless somebody has chosen. */
import type { Observable } from '../../lib/cockpit/types.ts';

export type Theme = 'system' | 'light' | 'dark';

const key = 'airo-theme';

/** Runs before the first paint, so that a chosen theme does not flash. It does what `apply` does. */
export const themeScript = `try{var t=localStorage.getItem('${key}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}`;

const listeners = new Set<() => void>();

/** The theme that was chosen. It is kept for the next visit where the browser allows that. */
export const theme: Observable<Theme> & { set(next: Theme): void } = {
  get() {
    const chosen = typeof document === 'undefined' ? undefined : document.documentElement.dataset.theme;
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
  },
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  set(next) {
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === 'system') localStorage.removeItem(key);
      else localStorage.setItem(key, next);
    } catch {
      // Without storage the choice holds for this visit.
    }
    for (const listener of listeners) listener();
  },
};

/** What the switch goes to next: each theme comes up once. */
export function nextTheme(current: Theme): Theme {
  return current === 'system' ? 'light' : current === 'light' ? 'dark' : 'system';
}
