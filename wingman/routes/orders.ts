/** Orders seen, what was decided about them, own bids, and dry runs. */
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { HYPOTHETICAL } from '../../lib/provider/hypothetical.ts';
import { amount, section } from '../config/fields.ts';
import type { Context } from '../context.ts';
import { Unknown } from '../errors.ts';
import { hypotheticalOrder, orderOf } from '../hypothetical.ts';
import { problems } from '../problems.ts';
import { decisionView, numberInPath, orderView, paging, requireConnected, showOrder } from './views.ts';

const bidView = z
  .object({
    order: z.int(),
    price: amount.describe('Per inference.'),
    place: z.int().describe('1 is the best bid.'),
    of: z.int().describe('How many bids there are.'),
    best: amount.describe('The best price bid.'),
    at: z.int().describe('The block of the bid.'),
    acceptUntil: z.int().describe('The first block in which it does not bind any more.'),
    reserve: amount.describe('The stake that it reserves.'),
  })
  .meta({ id: 'Bid', description: 'An own bid on an open order.' });

const dryRunRequest = section({
  order: z.int().min(0).optional().describe('The number of an open order.'),
  hypothetical: hypotheticalOrder.optional(),
})
  .refine(
    ({ order, hypothetical }) => (order === undefined) !== (hypothetical === undefined),
    'must have either "order" or "hypothetical"',
  )
  .meta({ id: 'DryRun' });

export const orderRoutes: FastifyPluginCallbackZod<{ context: Context }> = (app, { context }, done) => {
  app.get(
    '/orders',
    {
      schema: {
        operationId: 'listOrders',
        summary: 'The open orders as last seen, each with the newest decision about it',
        tags: ['orders'],
        response: { 200: z.object({ orders: z.array(orderView) }), ...problems(503) },
      },
    },
    () => {
      const { engine } = requireConnected(context);
      return { orders: engine.orders().map(({ order, decision }) => showOrder(order, decision)) };
    },
  );

  app.get(
    '/orders/:id',
    {
      schema: {
        operationId: 'getOrder',
        summary: 'An order, open or not, and what was decided about it, the newest first',
        tags: ['orders'],
        params: numberInPath,
        response: {
          200: z.object({
            order: orderView.nullable().describe('`null` when it is not open any more.'),
            decisions: z.array(decisionView),
          }),
          ...problems(400, 404, 503),
        },
      },
    },
    async ({ params: { id } }) => {
      const { engine, chain } = requireConnected(context);
      const [decisions, seen] = [
        await context.journal.decisions({ order: id, limit: 100 }),
        engine.orders().find(({ order }) => order.id === id)?.order,
      ];
      const order = seen ?? (await chain.order(id));
      if (order === null && decisions.length === 0) throw new Unknown(`There is no order ${id}, and never was here.`);
      return { order: order === null ? null : showOrder(order, decisions[0] ?? null), decisions: [...decisions] };
    },
  );

  app.get(
    '/decisions',
    {
      schema: {
        operationId: 'listDecisions',
        summary: 'What was decided, the newest first',
        tags: ['orders'],
        querystring: section({ order: z.coerce.number().int().min(0).optional(), ...paging }),
        response: {
          200: z.object({
            decisions: z.array(decisionView.extend({ place: z.int().describe('For the next page.') })),
          }),
          ...problems(400),
        },
      },
    },
    ({ query }) => ({
      decisions: context.journal.decisionPage(query).map(({ place, entry }) => ({ place, ...entry })),
    }),
  );

  app.get(
    '/bids',
    {
      schema: {
        operationId: 'listBids',
        summary: 'Own bids on open orders',
        tags: ['orders'],
        response: { 200: z.object({ bids: z.array(bidView) }), ...problems(503) },
      },
    },
    () => {
      const { engine } = requireConnected(context);
      const bids = engine.orders().flatMap(({ order: { id: order, bids: all, acceptUntil, reserve } }) => {
        const index = all.findIndex(({ provider }) => provider === context.provider);
        const [own, best] = [all[index], all[0]];
        if (own === undefined || best === undefined) return [];
        const { price, at } = own;
        return [{ order, price, place: index + 1, of: all.length, best: best.price, at, acceptUntil, reserve }];
      });
      return { bids };
    },
  );

  app.post(
    '/dry-run',
    {
      schema: {
        operationId: 'dryRun',
        summary: 'What would be decided now about an open order, or about one that nobody placed, and why',
        tags: ['orders'],
        body: dryRunRequest,
        response: {
          200: decisionView.extend({ order: z.int().nullable().describe('`null` for a hypothetical order.') }),
          ...problems(400, 404, 503),
        },
      },
    },
    async ({ body }) => {
      const connected = requireConnected(context);
      if (body.hypothetical !== undefined) {
        const decision = await connected.engine.dryRun(await orderOf(body.hypothetical, connected));
        return { ...decision, order: decision.order === HYPOTHETICAL ? null : decision.order };
      }
      const id = body.order ?? HYPOTHETICAL;
      const order = await connected.chain.order(id);
      if (order === null) throw new Unknown(`There is no open order ${id}.`);
      return connected.engine.dryRun(order);
    },
  );
  done();
};
