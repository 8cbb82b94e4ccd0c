/** A provider by its name and kind. */
import type { Profile } from '../../lib/market/types.ts';
import { Icon } from '../ui/icons.tsx';
import { Address } from '../ui/values.tsx';
import styles from './market.module.css';

interface ProviderNameProps {
  readonly address: string;
  /** `null` when it is not registered any more. */
  readonly profile: Profile | null;
  /** Only the name, where its kind is told elsewhere. */
  readonly plain?: boolean;
}

export function ProviderName({ address, profile, plain = false }: ProviderNameProps) {
  return (
    <span className={styles.owner}>
      <Address address={address} name={profile?.name} copyable={false} />
      {profile !== null && !plain && (
        <Icon
          name={profile.kind}
          size={16}
          label={profile.kind === 'server' ? 'on a server' : 'in a browser tab'}
          className={styles.kind}
        />
      )}
    </span>
  );
}
