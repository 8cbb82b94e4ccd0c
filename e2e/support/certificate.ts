/** A certificate that nobody vouches for, as somebody has who serves the Cockpit without a domain. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { makeCertificate } from '../../lib/dx/node/certificate.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Makes a certificate that is signed by itself, and writes it with its key into a folder. */
export async function selfSignedCertificate(folder: string): Promise<TlsFiles> {
  const { pem, privateKey } = await makeCertificate();
  const files = { certFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  await writeFile(files.certFile, pem);
  await writeFile(files.keyFile, privateKey, { mode: 0o600 });
  return files;
}
