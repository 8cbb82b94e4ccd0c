/** What happens in the engine, told in the log. */
import { formatAmount } from '../lib/market/amounts.ts';
import type { EngineEvent } from '../lib/provider/types.ts';
import type { Logger } from './log.ts';

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
        const what = `order ${order}: ${action}${price === null ? '' : ` at ${formatAmount(price)}`}`;
        if (result === 'included') log.info({ rule }, `${what} is on the chain`);
        else if (result === 'failed') log.warn({ rule, error }, `${what} was refused`);
        else {
          // A decision that is made again for the same reason is no news.
          const news = decided.get(order) !== `${action} ${rule}`;
          decided.set(order, `${action} ${rule}`);
          if (decided.size > 10_000) decided.clear();
          log[news ? 'info' : 'debug']({ rule }, `${what}: ${reason}`);
        }
        break;
      }
      case 'agreementOpened': {
        const { id, order, model, quota, price } = event.agreement;
        log.info({ order, model }, `agreement ${id}: ${quota} inferences at ${formatAmount(price)}`);
        break;
      }
      case 'agreementEnded': {
        const { id, counts } = event.agreement;
        const { delivered, missed, consumerFaults, providerFaults } = counts;
        log.info({ delivered, missed, consumerFaults, providerFaults }, `agreement ${id} has ended`);
        break;
      }
      case 'execution': {
        const { agreement, index, stage, failure, reason, times } = event.execution;
        const what = `agreement ${agreement}, request ${index}`;
        const since = times.seen === undefined ? undefined : (times[stage] ?? now()) - times.seen;
        if (stage === 'answered' && failure === null) log.info({ ms: since }, `${what}: answered`);
        else if (stage === 'answered' || stage === 'failed')
          log.warn({ failure, ms: since }, `${what}: ${reason ?? stage}`);
        else if (stage === 'missed') log.warn({ ms: since }, `${what}: missed; ${reason ?? 'its deadline is over'}`);
        else log.debug({ ms: since }, `${what}: ${stage}`);
        break;
      }
      case 'modelReady':
        log.debug({ model: event.model, version: event.version, ms: event.ms }, 'a model is ready');
        break;
      case 'modelFailed':
        log.warn({ model: event.model, version: event.version }, `a model is not ready: ${event.reason}`);
        break;
      case 'trouble': {
        const key = `${event.where}: ${event.error.message}`;
        const last = told.get(key);
        const news = last === undefined || now() - last >= repeatMs;
        if (news) told.set(key, now());
        if (told.size > 1_000) told.clear();
        log[news ? 'warn' : 'debug']({ err: event.error }, `${event.where}; it is tried again`);
      }
    }
  };
}
