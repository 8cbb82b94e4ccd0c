import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import {
  InlineContentError,
  inlineScriptHashes,
  policyFor,
  policyOfFiles,
  withPolicy,
} from './content-security-policy.ts';

const page = (body: string, head = '') =>
  `<!DOCTYPE html><html lang="en"><head><meta charSet="utf-8"/>${head}</head><body>${body}</body></html>`;
const hashOf = (script: string) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

test('every inline script is named by the hash of its very text, and only once', () => {
  const script = 'self.__next_f.push([1,"a <b> & \\u003c"])';
  const html = page(`<script>${script}</script><script async src="/_next/a.js"></script><script>${script}</script>`);
  assert.deepEqual(inlineScriptHashes(html), [hashOf(script)]);
  assert.ok(policyFor(html).includes(`script-src 'self' 'wasm-unsafe-eval' ${hashOf(script)};`));
});

test('scripts that are data, and those that are loaded, need no hash', () => {
  assert.deepEqual(
    inlineScriptHashes(page('<script type="application/ld+json">{}</script><script src="a.js"></script>')),
    [],
  );
});

test('a script in a template is found as well', () => {
  assert.deepEqual(inlineScriptHashes(page('<template><script>1</script></template>')), [hashOf('1')]);
});

test('a page with an inline style or an event handler is refused with what is wrong', () => {
  for (const body of [
    '<p style="color:red">',
    '<a onclick="go()">',
    '<style>p{}</style>',
    '<svg><g style="opacity:0"/></svg>',
  ]) {
    assert.throws(() => policyFor(page(body)), InlineContentError, body);
    assert.throws(() => withPolicy(page(body)), InlineContentError, body);
  }
});

test('no policy allows inline content as such, or anything of another origin', () => {
  for (const policy of [policyOfFiles, policyFor(page('<script>1</script>'))]) {
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, /default-src 'self'/);
  }
});

test('a page carries its policy behind the character set and before anything that loads', () => {
  const html = withPolicy(page('<script>1</script>', '<link rel="stylesheet" href="a.css"/>'));
  assert.match(html, /<meta charSet="utf-8"\/><meta http-equiv="Content-Security-Policy" content="[^"]+"\/><link/);
  assert.ok(html.includes(hashOf('1')));
  // In a meta element it would be ignored with an error in the console.
  assert.doesNotMatch(html, /frame-ancestors/);
});

test('putting the policy in again changes nothing, and another script changes it', () => {
  const html = withPolicy(page('<script>1</script>'));
  assert.equal(withPolicy(html), html);
  assert.ok(withPolicy(html.replace('<script>1', '<script>2')).includes(hashOf('2')));
  assert.ok(!withPolicy(html.replace('<script>1', '<script>2')).includes(hashOf('1')));
});

test('a page without a head is refused', () => {
  assert.throws(() => withPolicy('<p>'), /has no <head>/);
});
