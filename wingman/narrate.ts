/**
 * What happens in the engine, told in the log. Each line about an order, an agreement or a request has its numbers in the
 * fields `order`, `agreement` and `request`, so that everything about one of them can be found by them.
 */
import { formatAmount } from '../lib/market/amounts.ts';
import type { EngineEvent } from '../lib/provider/types.ts';
import type { Logger } from '../scripts/lib/log.ts';

/** A trouble that repeats itself is told again after this time, in milliseconds. */
const repeatMs = 60_000;

/** Returns a listener that writes a line for what an operator wants to know, and `debug` lines for the rest. */
export function narrator(log: Logger, now: () => number = Date.now): (event: EngineEvent) => void {
  const told = new Map<string, number>();
  const decided = new Map<number, string>();
  return (event) => {
    switch (event.event) {
      case 'heads':
        log.trace({ best: event.heads.best.number, finalized: event.heads.finalized.number }, 'block');
        break;
      case 'decided': {
        const { order, action, price, rule, reason, result, error } = event.decision;
        const what = `${action}${price === null ? '' : ` at ${formatAmount(price)}`}`;
        if (result === 'included') log.info({ order, rule }, `${what} is on the chain`);
        else if (result === 'failed') log.warn({ order, rule, error }, `${what} was refused`);
        else {
          // A decision that is made again for the same reason is no news.
          const news = decided.get(order) !== `${action} ${rule}`;
          decided.set(order, `${action} ${rule}`);
          if (decided.size > 10_000) decided.clear();
          log[news ? 'info' : 'debug']({ order, rule }, `${what}: ${reason}`);
        }
        break;
      }
      case 'agreementOpened': {
        const { id, order, model, quota, price } = event.agreement;
        log.info({ order, agreement: id, model }, `an agreement: ${quota} inferences at ${formatAmount(price)}`);
        break;
      }
      case 'agreementEnded': {
        const { id, order, counts } = event.agreement;
        const { delivered, missed, consumerFaults, providerFaults } = counts;
        const fields = { order, agreement: id, delivered, missed, consumerFaults, providerFaults };
        log.info(fields, 'an agreement has ended');
        break;
      }
      case 'execution': {
        const { agreement, index, payload, output, stage, failure, reason, times } = event.execution;
        const about = { order: event.order, agreement, request: index, payload };
        const ms = times.seen === undefined ? undefined : (times[stage] ?? now()) - times.seen;
        if (stage === 'answered' && failure === null) log.info({ ...about, result: output?.content, ms }, 'answered');
        else if (stage === 'answered' || stage === 'failed') log.warn({ ...about, failure, ms }, reason ?? stage);
        else if (stage === 'missed') log.warn({ ...about, ms }, `missed; ${reason ?? 'its deadline is over'}`);
        else log.debug({ ...about, ms }, stage);
        break;
      }
      case 'modelReady':
        log.debug({ model: event.model, version: event.version, ms: event.ms }, 'a model is ready');
        break;
      case 'modelFailed':
        log.warn({ model: event.model, version: event.version }, `a model is not ready: ${event.reason}`);
        break;
      case 'trouble': {
        const { where, about, error } = event;
        const key = JSON.stringify([where, about, error.message]);
        const last = told.get(key);
        const news = last === undefined || now() - last >= repeatMs;
        if (news) told.set(key, now());
        if (told.size > 1_000) told.clear();
        log[news ? 'warn' : 'debug']({ ...about, err: error }, `${where}; it is tried again`);
      }
    }
  };
}
