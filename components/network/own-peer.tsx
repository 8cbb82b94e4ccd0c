/** This tab as a peer: its name and how others reach it. */
import type { DxStatus } from '../../lib/cockpit/types.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts } from '../ui/layout.tsx';
import { ContentId } from '../ui/values.tsx';

/** The peer id and addresses of this tab. */
export function OwnPeer({ peerId, addresses }: Pick<DxStatus, 'peerId' | 'addresses'>) {
  if (peerId === null) return null;
  return (
    <Disclosure summary="This tab as a peer">
      <Facts
        facts={[
          { term: 'Peer id', value: <ContentId id={peerId} full what="peer id" /> },
          {
            term: 'Addresses',
            value:
              addresses.length === 0
                ? 'None: others reach this tab over the connections that it has opened.'
                : addresses.map((address) => (
                    <div key={address}>
                      <code>{address}</code>
                    </div>
                  )),
          },
        ]}
      />
    </Disclosure>
  );
}
