/** Which licences dependencies may have, and why. Whoever adds one here says what it asks of those who pass Airo on. */
import type { Dependency } from './dependency.ts';
import { InvalidExpression, notAllowed, parseExpression, type Expression } from './expression.ts';

/** Licences that ask for no more than that notices are kept, or for nothing at all. */
const permissive = [
  ...['0BSD', 'Apache-2.0', 'Apache-2.0 WITH LLVM-exception', 'BlueOak-1.0.0', 'BSD-1-Clause', 'BSD-2-Clause'],
  ...['BSD-3-Clause', 'BSL-1.0', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0', 'Unicode-3.0', 'Unlicense', 'WTFPL', 'Zlib'],
];

/** Licences with terms that are met by using the package as it is, as everything here is. */
export const terms: Readonly<Record<string, string>> = {
  'CDLA-Permissive-2.0': 'for data, here root certificates; the text of the licence is passed on with it',
  'CC-BY-4.0': "for data, here what browsers can do; its makers are named, and only the Cockpit's build uses it",
  'MPL-2.0': 'its files stay under it; their source is published where package-lock.json and Cargo.lock take it from',
  'OFL-1.1': 'for fonts, which may be passed on with software but not sold alone',
};

/** Packages that are used although their licence asks for more. */
export interface Exception {
  readonly ecosystem: Dependency['ecosystem'];
  /** Names; a `*` at the end stands for whatever follows. */
  readonly packages: readonly string[];
  /** The licence as they give it, or `null` for none that can be read. */
  readonly licence: string;
  /** Given when they may only be used to build and test, and be no part of what is passed on. */
  readonly use?: 'development';
  /** Why they can be used, and what follows for those who pass Airo on. */
  readonly reason: string;
}

export const exceptions: readonly Exception[] = [
  {
    ecosystem: 'npm',
    packages: ['@substrate/connect', '@substrate/connect-extension-protocol', '@substrate/connect-known-chains'],
    licence: 'GPL-3.0-only',
    reason:
      'the Cockpit loads it in a browser that has the Substrate Connect extension; so the built site as a whole is passed ' +
      'on under the GPL, version 3, as NOTICE and the page /licences/ say',
  },
  {
    ecosystem: 'npm',
    packages: ['smoldot'],
    licence: 'GPL-3.0-or-later WITH Classpath-exception-2.0',
    reason: 'the light client; the exception allows linking with code under any licence, and NOTICE names it',
  },
  {
    ecosystem: 'npm',
    packages: ['@img/sharp-libvips-*', '@img/sharp-wasm32', '@img/sharp-win32-*'],
    licence: 'LGPL-3.0-or-later',
    reason:
      'libvips as a shared library of its own, which sharp loads on servers and in tests and which anybody can exchange; ' +
      'no page contains it',
  },
  {
    ecosystem: 'Rust',
    packages: ['cumulus-relay-chain-interface', 'sc-*'],
    licence: 'GPL-3.0-or-later WITH Classpath-exception-2.0',
    reason:
      'client crates of the Polkadot SDK, compiled into the executable in chain/prebuilt; the exception allows linking with ' +
      'code under any licence, and NOTICE says where their source is',
  },
  {
    ecosystem: 'Rust',
    packages: ['smoldot', 'smoldot-light'],
    licence: 'GPL-3.0-or-later WITH Classpath-exception-2.0',
    use: 'development',
    reason: 'only the measuring of weights (chain/bencher) depends on it, by frame-benchmarking-cli',
  },
  {
    ecosystem: 'Rust',
    packages: ['polkadot-*', 'staging-xcm*', 'tracing-gum*', 'xcm-procedural'],
    licence: 'GPL-3.0-only',
    use: 'development',
    reason:
      'only the measuring of weights (chain/bencher) depends on them, by frame-benchmarking-cli; nobody is given it',
  },
  {
    ecosystem: 'Rust',
    packages: ['ring'],
    licence: 'file:LICENSE',
    reason:
      'its file LICENSE has the terms of OpenSSL, ISC and MIT, which ask for notices; chain/Cargo.lock has it for features ' +
      'that are not used, and nothing that is built contains it',
  },
];

/** A licence that is allowed, or a reason why it is not. */
export type Verdict =
  { readonly allowed: true; readonly exception?: Exception } | { readonly allowed: false; readonly why: string };

/** Whether a dependency may be used. */
export function judge(dependency: Dependency): Verdict {
  const exception = exceptions.find((one) => applies(one, dependency));
  const allowed: Verdict = exception === undefined ? { allowed: true } : { allowed: true, exception };
  let expression: Expression;
  try {
    expression = parseExpression(dependency.licence);
  } catch (error) {
    if (!(error instanceof InvalidExpression)) throw error;
    return exception === undefined ? { allowed: false, why: error.message } : allowed;
  }
  if (notAllowed(expression, isGenerallyAllowed).length === 0) return { allowed: true };
  const left = notAllowed(expression, (id) => isGenerallyAllowed(id) || id === exception?.licence);
  return left.length === 0 ? allowed : { allowed: false, why: `${left.join(', ')} is not allowed.` };
}

function isGenerallyAllowed(id: string): boolean {
  return permissive.includes(id) || Object.hasOwn(terms, id);
}

function applies({ ecosystem, packages, licence, use }: Exception, dependency: Dependency): boolean {
  return (
    ecosystem === dependency.ecosystem &&
    (use === undefined || use === dependency.use) &&
    dependency.licence.includes(licence) &&
    packages.some((name) =>
      name.endsWith('*') ? dependency.name.startsWith(name.slice(0, -1)) : name === dependency.name,
    )
  );
}
