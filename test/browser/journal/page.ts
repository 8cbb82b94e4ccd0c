/** A page with journals in IndexedDB. Each question is answered by what the database has. */
import { openIndexedDb } from '../../../lib/cockpit/indexed-db.ts';
import { openJournal, type TabJournal } from '../../../lib/cockpit/providing/journal.ts';
import { Storage } from '../../../lib/cockpit/storage.ts';
import type { Decision, Execution, Journal } from '../../../lib/provider/ports.ts';

declare global {
  interface Window {
    /** Writes to the journal of this name. */
    saveDecision: (name: string, decision: Decision) => Promise<void>;
    saveExecution: (name: string, execution: Execution) => Promise<void>;
    saveTiming: (name: string, model: number, version: number, ms: number) => Promise<void>;
    /** Reads the journal of this name from the database. */
    decisions: (name: string, filter: Parameters<Journal['decisions']>[0]) => Promise<readonly Decision[]>;
    execution: (name: string, agreement: number, index: number) => Promise<Execution | null>;
    executions: (name: string, filter: Parameters<Journal['executions']>[0]) => Promise<readonly Execution[]>;
    timings: (name: string, model: number, version: number, limit: number) => Promise<readonly number[]>;
    /** Whether the browser really keeps it. */
    storageState: () => string;
    /** Keeps what the browser did not take before; whether it does now. */
    keepRest: () => Promise<boolean>;
  }
}

const storage = new Storage(() => openIndexedDb('test'), 100);
const writers = new Map<string, Promise<TabJournal>>();

function writer(name: string): Promise<TabJournal> {
  const known = writers.get(name) ?? openJournal(storage, name);
  writers.set(name, known);
  return known;
}

window.saveDecision = async (name, decision) => (await writer(name)).saveDecision(decision);
window.saveExecution = async (name, execution) => (await writer(name)).saveExecution(execution);
window.saveTiming = async (name, model, version, ms) => (await writer(name)).saveTiming(model, version, ms);
window.decisions = async (name, filter) => (await openJournal(storage, name)).decisions(filter);
window.execution = async (name, agreement, index) => (await openJournal(storage, name)).execution(agreement, index);
window.executions = async (name, filter) => (await openJournal(storage, name)).executions(filter);
window.timings = async (name, model, version, limit) =>
  (await openJournal(storage, name)).timings(model, version, limit);
window.storageState = () => storage.status.get().state;
window.keepRest = async () => {
  await storage.tryAgain();
  return storage.status.get().state === 'persistent';
};
