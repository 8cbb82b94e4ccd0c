/** How it goes: state, models, earnings. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { amount } from '../config/fields.ts';
import type { Context } from '../context.ts';
import { earnings } from '../earnings.ts';
import { problems } from '../problems.ts';
import { requireConnected } from './views.ts';

const head = z.object({ number: z.int(), hash: z.string() });
const modelState = z.enum(['loading', 'ready', 'failed']);

const profileView = z.object({
  name: z.string(),
  key: z.string().describe('The public key to which payloads are encrypted.'),
  peer: z.string(),
  peerProof: z.string(),
});

const statusView = z
  .object({
    state: z.enum(['connecting', 'starting', 'running', 'paused', 'stopped']),
    waitingFor: z.string().nullable().describe('What it waits for while it is connecting.'),
    provider: z.string(),
    signer: z.string(),
    startedAt: z.number().describe('Milliseconds since 1970.'),
    connected: z.boolean().describe('Whether the last look at the chain succeeded.'),
    heads: z.object({ best: head, finalized: head }).nullable(),
    dx: z.object({ peer: z.string(), addresses: z.array(z.string()), peers: z.array(z.string()) }).nullable(),
    profile: profileView.nullable().describe('What is registered, or to be registered, on the chain.'),
    openBids: z.int(),
    openAgreements: z.int(),
    inFlight: z.int().describe('Requests that wait for an answer or could still come.'),
    capacity: z.int().describe('The most requests in flight.'),
    dryRun: z.boolean(),
  })
  .meta({ id: 'Status' });

const modelView = z
  .object({
    model: z.int(),
    version: z.int().nullable(),
    state: modelState,
    reason: z.string().nullable().describe('Why it failed.'),
    timeMs: z.number().nullable().describe('The median time per inference, in milliseconds.'),
    runner: z.string().nullable().describe('What runs it.'),
    source: z.enum(['default', 'file', 'api']).describe('Where it is configured.'),
  })
  .meta({ id: 'Model' });

const money = z.object({ free: amount, held: z.array(z.object({ reason: z.string(), amount })) });

const earningsView = z
  .object({
    record: z
      .object({
        agreements: z.int(),
        open: z.int(),
        abandoned: z.int(),
        delivered: z.int(),
        missed: z.int(),
        consumerFaults: z.int(),
        providerFaults: z.int(),
        volume: amount.describe('What consumers paid for what was delivered, royalties and fees included.'),
        slashed: amount,
        ratings: z.int(),
        ratingSum: z.int(),
      })
      .nullable()
      .describe('`null` before the first agreement.'),
    periods: z
      .array(
        z.object({
          index: z.int(),
          delivered: z.int(),
          failed: z.int(),
          missed: z.int(),
          volume: amount,
          royalties: amount,
          fees: amount,
          net: amount.describe('Volume less royalties and fees.'),
        }),
      )
      .describe('The aggregates that the chain keeps.'),
    agreements: z
      .array(
        z.object({
          agreement: z.int(),
          delivered: z.int(),
          price: amount,
          earned: amount.describe('After all parts.'),
        }),
      )
      .describe('The agreements that the chain still keeps.'),
    earned: amount.describe('The sum over these agreements.'),
    balances: z.object({ provider: money, signer: money }),
  })
  .meta({ id: 'Earnings' });

export const statusRoutes: FastifyPluginCallbackZod<{ context: Context }> = (app, { context }, done) => {
  app.get(
    '/status',
    {
      schema: {
        operationId: 'getStatus',
        summary: 'How it goes',
        tags: ['status'],
        response: { 200: statusView, ...problems() },
      },
    },
    () => {
      const { provider, signer, startedAt, settings } = context;
      const { dryRun, profile, capacity } = settings.current();
      const connected = context.connected();
      const same = { provider, signer, startedAt, dryRun };
      if (connected === null) {
        return {
          ...same,
          state: 'connecting' as const,
          waitingFor: context.waitingFor(),
          connected: false,
          heads: null,
          dx: null,
          profile: null,
          openBids: 0,
          openAgreements: 0,
          inFlight: 0,
          capacity: capacity.maxInFlight,
        };
      }
      const { dx, engine } = connected;
      const { name, key, peer, peerProof } = connected.profile(profile.name);
      return {
        ...same,
        ...engine.status(),
        waitingFor: null,
        dx: { peer: dx.peerId, addresses: [...dx.addresses()], peers: [...dx.peers()] },
        profile: { name, key: 'inline' in key.material ? key.material.inline : key.material.content, peer, peerProof },
      };
    },
  );

  app.get(
    '/models',
    {
      schema: {
        operationId: 'listModels',
        summary: 'The models that are served, and whether they are ready',
        tags: ['status'],
        response: { 200: z.object({ models: z.array(modelView) }), ...problems() },
      },
    },
    () => {
      const states = context.connected()?.engine.status().models ?? [];
      const source = context.settings.source('models');
      return {
        models: context.settings.current().models.map(({ model }) => {
          const found = states.find((state) => state.model === model);
          const { version = null, state = 'loading', reason = null, timeMs = null } = found ?? {};
          return { model, version, state, reason, timeMs, runner: context.models.about(model), source };
        }),
      };
    },
  );

  app.get(
    '/earnings',
    {
      schema: {
        operationId: 'getEarnings',
        summary: 'What was earned, from the chain',
        tags: ['status'],
        response: { 200: earningsView, ...problems(503) },
      },
    },
    () => earnings(requireConnected(context).chain, context.provider, context.signer),
  );
  done();
};
