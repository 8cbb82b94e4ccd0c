/** Which data on Dx the chain refers to: what the Dx servers keep, and nothing else. */
import type { Description, PublicKey, Slot } from './generated/chain.ts';
import { contentIdOf } from './identifiers.ts';
import type { State } from './state.ts';
import type { ContentId, Hex } from '../market/types.ts';

/**
 * Every content id that the state at the best block refers to: the files and label texts of all versions of models, the
 * payloads and results of stored requests, and public keys that lie on Dx. The state is read in pages.
 *
 * @throws {ChainUnavailable} when the chain does not answer
 */
export async function referencedContent(state: State): Promise<ReadonlySet<ContentId>> {
  const found = new Set<ContentId>();
  const add = (hex: Hex) => void found.add(contentIdOf(hex));
  const addKey = ({ material }: PublicKey) => {
    if ('Content' in material) add(material.Content);
  };
  const addLabels = ({ labels }: Description) => {
    if (labels !== 'None' && 'Content' in labels) add(labels.Content);
  };
  const addSlot = ({ payload, outcome }: Slot) => {
    add(payload);
    if (typeof outcome === 'string') return;
    if ('Answered' in outcome) add(outcome.Answered.output.content);
    if ('Settled' in outcome) add(outcome.Settled.output.content);
  };
  const at = await state.blockHash('best');
  await state.walk('marketplace.versions', at, ({ content, description }) => {
    add(content);
    addLabels(description);
  });
  await state.walk('marketplace.providers', at, ({ profile }) => addKey(profile.key));
  await state.walk('marketplace.orders', at, ({ request }) => addKey(request.key));
  await state.walk('execution.agreements', at, ({ consumerKey, providerKey }) => {
    addKey(consumerKey);
    addKey(providerKey);
  });
  await state.walk('execution.pages', at, ({ slots }) => slots.forEach(addSlot));
  return found;
}
