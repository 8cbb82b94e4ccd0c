/**
 * Wingman's configuration: one schema for its type, its defaults, the validation of the file and of what comes through
 * the API, and the documentation of both.
 */
import { z } from 'zod';

import { logFormats, logLevels } from '../../scripts/lib/log.ts';
import {
  capacityShape,
  dryRun,
  models,
  paused,
  positiveAmount,
  profileShape,
  runner,
  section,
  strategy,
} from './fields.ts';

const path = z.string().min(1);
const multiaddr = z
  .string()
  .regex(/^\/\S+$/, 'must be a multiaddress such as /dns4/example.org/tcp/4001/ws/p2p/12D3...');

/** The part of the configuration that can be changed while Wingman runs. */
const changeable = {
  models,
  strategy,
  capacity: section(capacityShape),
  profile: section(profileShape),
  paused,
  dryRun,
} as const;

/** Keys of the configuration that can be changed while Wingman runs. */
export const changeableKeys = ['models', 'strategy', 'capacity', 'profile', 'paused', 'dryRun'] as const;
export type ChangeableKey = (typeof changeableKeys)[number];

export const configSchema = section({
  $schema: z.string().optional().describe('For editors; not used.'),
  basePath: path
    .optional()
    .describe(
      'The folder for keys, journal and cached models, of one Wingman alone. By default `airo/wingman` in the ' +
        'XDG data folder (~/.local/share).',
    ),
  chain: section({
    urls: z
      .array(z.url({ protocol: /^wss?$/, error: 'must be an address that begins with ws:// or wss://' }))
      .min(1)
      .default(['ws://127.0.0.1:9944'])
      .describe('Where nodes of the chain answer JSON-RPC by WebSocket; the next one is tried when one is lost.'),
  }).prefault({}),
  account: section({
    secretFile: path
      .optional()
      .describe(
        'A file, readable for its owner alone, with the secret phrase of the account that bids and answers. The ' +
          'environment variable AIRO_WINGMAN_SECRET does instead of it. The secret itself never stands in this file.',
      ),
    provider: z
      .string()
      .regex(/^[1-9A-HJ-NP-Za-km-z]{46,50}$/, 'must be an address in SS58')
      .optional()
      .describe("The provider's address, when the secret is only that of its operator key."),
  }).prefault({}),
  stake: positiveAmount.prefault('100 AIRO').describe('What is staked when the account is registered as a provider.'),
  autoInitialize: z
    .boolean()
    .default(false)
    .describe('Register the account as a provider at the start if it is none, as POST /v1/initialize does.'),
  profile: changeable.profile.prefault({ name: 'Wingman' }),
  dx: section({
    bootstrap: z
      .array(multiaddr)
      .default([])
      .describe('Addresses of Dx servers through which the network is joined; without any, nothing can be fetched.'),
    listen: z
      .array(multiaddr)
      .default(['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'])
      .describe('Where the own Dx peer listens.'),
    announce: z.array(multiaddr).default([]).describe('Addresses to tell others instead, behind a NAT or proxy.'),
  }).prefault({}),
  models: changeable.models.default([]),
  runner: runner.prefault({ kind: 'onnx' }).describe('What runs models that name no runner of their own.'),
  strategy: changeable.strategy
    .prefault({ kind: 'cost', pricePerHour: '1 AIRO' })
    .describe('The pricing of models that name none of their own.'),
  capacity: section({
    maxOpen: capacityShape.maxOpen.default(16),
    maxInFlight: capacityShape.maxInFlight.default(256),
    utilization: capacityShape.utilization.default(0.8),
  }).prefault({}),
  paused: paused.default(false),
  dryRun: dryRun.default(false),
  cache: section({
    maxBytes: z
      .int()
      .min(0)
      .default(20_000_000_000)
      .describe('The most bytes of models to keep on disk; those in use are kept in any case.'),
    downloadTimeoutMs: z
      .int()
      .min(1_000)
      .default(900_000)
      .describe('How long the download of a model may take, in ms.'),
  }).prefault({}),
  journal: section({
    retentionDays: z.number().min(1).default(30).describe('For how long decisions and ended executions are kept.'),
  }).prefault({}),
  api: section({
    host: z
      .string()
      .min(1)
      .default('127.0.0.1')
      .describe(
        'Where the REST API listens; localhost unless told otherwise. It speaks plain HTTP: for others to reach it, put ' +
          'a proxy with TLS before it.',
      ),
    port: z.int().min(0).max(65_535).default(8420).describe('Its port; 0 means any free one.'),
    tokenFile: path
      .optional()
      .describe(
        'A file, readable for its owner alone, with the token of the API. The environment variable ' +
          'AIRO_WINGMAN_TOKEN does instead of it. Without both a token is made and kept in the base path; an address ' +
          'that others can reach needs one of the two.',
      ),
    openMetrics: z.boolean().default(true).describe('Give /metrics without the token.'),
    openInference: z
      .boolean()
      .default(false)
      .describe('Offer the models that are ready under /v2 by the Open Inference Protocol, with the same token.'),
  }).prefault({}),
  log: section({
    level: z.enum(logLevels).default('info').describe('What is worth a line.'),
    format: z
      .enum(logFormats)
      .default('auto')
      .describe('Lines for people or JSON; `auto` writes for people when standard output is a terminal.'),
  }).prefault({}),
  shutdownGraceMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(8_000)
    .describe('How long executions that run may take to end when Wingman is told to stop, in milliseconds.'),
}).meta({ id: 'Configuration', description: 'The configuration of a Wingman.' });

/** A configuration with all defaults filled in. */
export type Config = z.output<typeof configSchema>;

/** A configuration as it is written, with amounts as text. */
export type ConfigText = z.input<typeof configSchema>;

/** A change of what can be changed while Wingman runs: the keys that are given are replaced, `capacity` key by key. */
export const changeSchema = section({
  models: changeable.models.optional(),
  strategy: changeable.strategy.optional(),
  capacity: section({
    maxOpen: capacityShape.maxOpen.optional(),
    maxInFlight: capacityShape.maxInFlight.optional(),
    utilization: capacityShape.utilization.optional(),
  }).optional(),
  profile: changeable.profile.optional(),
  paused: paused.optional(),
  dryRun: dryRun.optional(),
}).meta({
  id: 'ConfigurationChange',
  description: 'The keys that are given are replaced; `capacity` key by key. A list is replaced as a whole.',
});

export type Change = z.output<typeof changeSchema>;

/** What can be changed while Wingman runs, in full. */
export const changeableSchema = section(changeable);
export type Changeable = z.output<typeof changeableSchema>;

/** What runs a model. */
export type RunnerConfig = z.output<typeof runner>;
