/** `airo dx ...`: files on Dx. */
import { readFile, writeFile } from 'node:fs/promises';

import { UsageError } from '../../scripts/lib/options.ts';
import { defineCommand } from '../command.ts';
import { dxPlace, fileProblem } from '../settings.ts';

const kinds = {
  tcp: /\/tcp\/\d+\/p2p\/[^/]+$/,
  ws: /\/ws\/p2p\/[^/]+$/,
  webrtc: /\/webrtc-direct\/certhash\/[^/]+\/p2p\/[^/]+$/,
} as const;

export const dxAddress = defineCommand({
  name: 'dx address',
  about: 'Prints where peers reach a Dx server: programs by tcp, pages by webrtc.',
  details: 'It is what a Wingman wants as dx.bootstrap, `npm run app` as --dx, and this program as AIRO_DX.',
  positionals: [],
  options: {
    kind: { type: 'choice', choices: ['tcp', 'ws', 'webrtc'], help: 'By what it is reached. Default: tcp.' },
  },
  needs: ['dx'],
  example: 'dx address --kind webrtc',
  async run(context, { options }) {
    const place = dxPlace(options as Parameters<typeof dxPlace>[0]);
    if (!('url' in place)) {
      throw new UsageError('A Dx server is asked by its http:// address. Name it with --dx, or unset AIRO_DX.');
    }
    const { kind = 'tcp' } = options;
    const { readDxAddresses } = await import('../../lib/dx/rpc-client.ts');
    const addresses = await readDxAddresses(place.url, { signal: context.signal });
    const address = addresses.find((candidate) => kinds[kind].test(candidate));
    if (address === undefined) {
      throw new Error(`${place.url} listens at ${addresses.join(', ') || 'no address'}, and not by ${kind}.`);
    }
    context.out.print(address);
    return { kind, address, addresses };
  },
});

export const dxUpload = defineCommand({
  name: 'dx upload',
  about: 'Puts a file on Dx as it is, for everyone to read, and prints its content id.',
  details: 'What the chain does not refer to is kept only for a short time.',
  positionals: [{ name: 'FILE', help: 'The file.' }],
  options: {
    key: { type: 'text', placeholder: 'KEY', help: 'The content id that it must have; another one is refused.' },
  },
  needs: ['dx'],
  example: 'dx upload labels.txt',
  async run(context, { options, args }) {
    const path = args[0] ?? '';
    let data: Uint8Array;
    try {
      data = await readFile(path);
    } catch (error) {
      throw new UsageError(`FILE: ${fileProblem(path, error)}`, { cause: error });
    }
    const dx = await context.dx();
    context.out.live(`Uploading ${path} (${data.length} bytes)`);
    const key = options.key === undefined ? {} : { key: options.key };
    const uploaded = await dx.upload(data, { timeoutMs: 300_000, signal: context.signal, ...key });
    context.out.print(uploaded.key);
    return { key: uploaded.key, bytes: data.length, holders: uploaded.holders };
  },
});

export const dxDownload = defineCommand({
  name: 'dx download',
  about: 'Fetches data from Dx, and checks it against its content id.',
  positionals: [{ name: 'KEY', help: 'The content id.' }],
  options: { output: { type: 'file', help: 'Where to write it. It must not be there yet.' } },
  needs: ['dx'],
  example: 'dx download bafkrei... --output labels.txt',
  async run(context, { options, args }) {
    const key = args[0] ?? '';
    const { output } = options;
    if (output === undefined) throw new UsageError('Where to? Name a file that is not there yet with --output.');
    const dx = await context.dx();
    context.out.live(`Downloading ${key}`);
    const data = await dx.download(key, { maxBytes: 2 ** 31, timeoutMs: 300_000, signal: context.signal });
    try {
      await writeFile(output, data, { flag: 'wx' });
    } catch (error) {
      const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      const reason = isThere ? 'it is there already' : error instanceof Error ? error.message : String(error);
      throw new Error(`${output} was not written: ${reason}.`, { cause: error });
    }
    context.out.print(`${data.length} bytes in ${output}`);
    return { key, bytes: data.length, output };
  },
});
