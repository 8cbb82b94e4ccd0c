/** The runners that the configuration can name. */
import { createHash } from 'node:crypto';

import { httpRunner } from '../../lib/inference/http-runner.ts';
import { containerRunner } from '../../lib/inference/node/container-runner.ts';
import { onnxRunner } from '../../lib/inference/node/onnx-runner.ts';
import type { Runner } from '../../lib/inference/types.ts';
import type { RunnerConfig } from '../config/schema.ts';
import { SecretInvalid } from '../errors.ts';
import type { Logger } from '../../scripts/lib/log.ts';
import { readSecretFile } from '../secrets.ts';

/**
 * Makes what runs models.
 *
 * @param basePath tells the containers of this Wingman from those of others
 * @throws {SecretInvalid} when the server's token cannot be read
 */
export function createRunner(config: RunnerConfig, basePath: string, log: Logger): Runner {
  switch (config.kind) {
    case 'onnx':
      return onnxRunner(config);
    case 'http':
      return httpRunner({ ...config, headers: headersOf(config.tokenFile) });
    case 'container':
      return containerRunner({
        ...config,
        owner: ownerOf(config, basePath),
        onEvent: (event) => {
          if (event.event === 'ready') log.info({ container: event.container }, 'a model container is ready');
          else log.warn({ retryMs: event.retryMs }, `a model container is lost: ${event.reason}`);
        },
      });
  }
}

function headersOf(tokenFile: string | undefined): Record<string, string> {
  if (tokenFile === undefined) return {};
  const token = readSecretFile(tokenFile, "the model server's token").trim();
  if (token === '') throw new SecretInvalid(`${tokenFile} is empty; it should have the model server's token.`);
  return { authorization: `Bearer ${token}` };
}

/** The same after a restart, and for each way of running another one. */
function ownerOf(config: RunnerConfig, basePath: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([basePath, config]))
    .digest('hex');
  return `wingman-${hash.slice(0, 12)}`;
}
