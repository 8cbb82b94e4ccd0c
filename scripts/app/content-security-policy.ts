/**
 * The Content-Security-Policy of the Cockpit's pages (CSP Level 3). Nothing inline runs but the scripts that the build
 * wrote into a page, each named by its hash.
 */
import { createHash } from 'node:crypto';

import { defaultTreeAdapter as tree, parse, type DefaultTreeAdapterTypes } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** A page that no strict policy can allow. */
export class InlineContentError extends Error {
  override readonly name = 'InlineContentError';
}

/** What a page may do, whichever page it is. Those in `headerOnly` mean nothing in a `<meta>`. */
const directives: Readonly<Record<string, string>> = {
  'default-src': "'self'",
  // The light client and the inference worker compile WebAssembly.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob:",
  'font-src': "'self'",
  // Nodes and Dx servers are reached at any address; what they say is verified, not trusted.
  'connect-src': "'self' ws: wss:",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'frame-src': "'none'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

const headerOnly: Readonly<Record<string, string>> = { 'frame-ancestors': "'none'" };

/** Scripts of these types are data: nothing in them runs. */
const dataTypes = /^(application\/(ld\+)?json|speculationrules)$/i;

/**
 * The hashes of the scripts inside a page, as a policy names them.
 *
 * @throws {InlineContentError} when the page has a style, a `style` attribute or an event handler inside: these could only
 *   be allowed by allowing all of them
 */
export function inlineScriptHashes(html: string): readonly string[] {
  const hashes = new Set<string>();
  for (const element of elements(parse(html).childNodes)) {
    const { tagName, attrs } = element;
    const inline = attrs.find(({ name }) => name === 'style' || name.startsWith('on'));
    if (inline !== undefined) {
      throw new InlineContentError(
        `<${tagName}> has an attribute ${inline.name}="${inline.value.slice(0, 60)}", which the policy forbids. ` +
          'Move it into a CSS module, or set it after hydration.',
      );
    }
    if (tagName === 'style') {
      throw new InlineContentError('The page has a <style>, which the policy forbids. Move it into a CSS module.');
    }
    if (tagName !== 'script' || attrs.some(({ name }) => name === 'src')) continue;
    if (dataTypes.test(attrs.find(({ name }) => name === 'type')?.value ?? '')) continue;
    hashes.add(`'sha256-${createHash('sha256').update(textOf(element)).digest('base64')}'`);
  }
  return [...hashes];
}

/** The policy for a page, as the header says it. @throws {InlineContentError} */
export function policyFor(html: string): string {
  return policyWith(inlineScriptHashes(html), { ...directives, ...headerOnly });
}

/** The policy for everything that is not a page. */
export const policyOfFiles = policyWith([], { ...directives, ...headerOnly });

/**
 * Puts its policy into a page, so that it holds on any web server. A page that has one already gets it anew.
 *
 * @throws {InlineContentError}
 */
export function withPolicy(html: string): string {
  const bare = html.replace(metaElement, '');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policyWith(inlineScriptHashes(bare), directives)}"/>`;
  // Behind the character set, which has to be among the first 1024 bytes, and before everything that loads something.
  const place = /<meta charset="[^"]*"\s*\/?>/i.exec(bare) ?? /<head[^>]*>/i.exec(bare);
  if (place === null) throw new InlineContentError('The page has no <head> that a policy could be put into.');
  const end = place.index + place[0].length;
  return bare.slice(0, end) + meta + bare.slice(end);
}

const metaElement = /<meta http-equiv="Content-Security-Policy"[^>]*>/gi;

function policyWith(hashes: readonly string[], table: Readonly<Record<string, string>>): string {
  return Object.entries(table)
    .map(([name, sources]) => [name, sources, ...(name === 'script-src' ? hashes : [])].join(' '))
    .join('; ');
}

function* elements(nodes: readonly Node[]): Generator<Element> {
  for (const node of nodes) {
    if (!tree.isElementNode(node)) continue;
    yield node;
    yield* elements('content' in node ? node.content.childNodes : node.childNodes);
  }
}

function textOf(element: Element): string {
  return element.childNodes.map((node) => (tree.isTextNode(node) ? node.value : '')).join('');
}
