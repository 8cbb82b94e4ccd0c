/** The sentences with which the tutorial says what to do in the Cockpit. Others are refused. */
import { TutorialError, type Sentence } from './tutorial.ts';

/** What a sentence says. Names are those that a screen reader would read. */
export type Step =
  /** Opens an address; as a stranger when it is another browser. */
  | { readonly do: 'open'; readonly url: string; readonly elsewhere: boolean }
  /** Looks at another of the browsers that are open. */
  | { readonly do: 'return'; readonly to: 'first' | 'second' }
  /** Follows a link of the main navigation. */
  | { readonly do: 'go'; readonly place: string }
  /** Presses a button, link or tab. */
  | { readonly do: 'press'; readonly name: string }
  /** Presses what begins with this name, such as an account with its balance. */
  | { readonly do: 'choose'; readonly name: string }
  | { readonly do: 'fill'; readonly field: string; readonly text: string }
  | { readonly do: 'select'; readonly field: string; readonly option: string }
  | { readonly do: 'draw' }
  /** Picks a file, by its path in the checkout. */
  | { readonly do: 'pick'; readonly file: string }
  /** Waits until a text is there. */
  | { readonly do: 'see'; readonly text: string }
  /** Waits until a term, such as `Paid`, has a value. */
  | { readonly do: 'read'; readonly term: string; readonly value: string }
  /** Waits for a result, and looks at its most probable class. */
  | { readonly do: 'result'; readonly label: string; readonly best: string };

const forms: readonly (readonly [RegExp, (...words: readonly string[]) => Step])[] = [
  [/^Open \*\*(http[^*]+)\*\*\.$/, (url = '') => ({ do: 'open', url, elsewhere: false })],
  [/^Open \*\*(http[^*]+)\*\* in another browser\.$/, (url = '') => ({ do: 'open', url, elsewhere: true })],
  [/^Go back to the (first|second) browser\.$/, (to) => ({ do: 'return', to: to === 'second' ? 'second' : 'first' })],
  [/^Go to \*\*([^*]+)\*\*\.$/, (place = '') => ({ do: 'go', place })],
  [/^Press \*\*([^*]+)\*\*\.$/, (name = '') => ({ do: 'press', name })],
  [/^Choose \*\*([^*]+)\*\*\.$/, (name = '') => ({ do: 'choose', name })],
  [/^Fill \*\*([^*]+)\*\* with `([^`]+)`\.$/, (field = '', text = '') => ({ do: 'fill', field, text })],
  [/^Select \*\*([^*]+)\*\* under \*\*([^*]+)\*\*\.$/, (option = '', field = '') => ({ do: 'select', field, option })],
  [/^Draw a seven\.$/, () => ({ do: 'draw' })],
  [/^Pick `([^`]+)`\.$/, (file = '') => ({ do: 'pick', file })],
  [/^You see \*\*([^*]+)\*\*\.$/, (text = '') => ({ do: 'see', text })],
  [/^\*\*([^*]+)\*\* is \*\*([^*]+)\*\*\.$/, (term = '', value = '') => ({ do: 'read', term, value })],
  [/^The result of \*\*([^*]+)\*\* is \*\*([^*]+)\*\*\.$/, (label = '', best = '') => ({ do: 'result', label, best })],
];

/**
 * Understands a sentence.
 *
 * @throws {TutorialError} when it has none of the known forms
 */
export function stepOf({ text, line }: Sentence): Step {
  for (const [form, make] of forms) {
    const found = form.exec(text);
    if (found !== null) return make(...found.slice(1));
  }
  throw new TutorialError(line, `nobody could do or check this: ${text}`);
}
