/** What buying must not forget (`lib/consumer`), in this browser. */
import { keyName } from '../consumer/keys.ts';
import type { KeyPair, SentRequest, Store } from '../consumer/ports.ts';
import type { KeyValue } from './key-value.ts';

/** Where the parts of what is kept begin, by network. */
export const keyPrefix = (network: string) => `keys/${network}/`;
export const sentPrefix = (network: string) => `sent/${network}/`;

/** Keeps it for one network. Several tabs may do so at a time. */
export function consumerStore(values: KeyValue, network: string): Store {
  // Numbers of the same length, so that the order of the keys is that of the numbers.
  const place = (number: number) => String(number).padStart(16, '0');
  const sentKey = ({ agreement, index, payload }: Pick<SentRequest, 'agreement' | 'index' | 'payload'>) =>
    `${sentPrefix(network)}${place(agreement)}/${place(index)}/${payload}`;
  return {
    saveKey: (pair) => values.write([{ key: keyPrefix(network) + keyName(pair.publicKey), value: pair }]),
    async privateKey(publicKey) {
      const pair = (await values.get(keyPrefix(network) + keyName(publicKey))) as KeyPair | undefined;
      return pair?.privateKey ?? null;
    },
    saveSent: (requests) => values.write(requests.map((request) => ({ key: sentKey(request), value: request }))),
    async sent(agreement) {
      const entries = await values.entries(`${sentPrefix(network)}${place(agreement)}/`);
      return entries.map(([, value]) => value as SentRequest);
    },
    forgetSent: (requests) => values.write(requests.map((request) => ({ key: sentKey(request), value: undefined }))),
  };
}
