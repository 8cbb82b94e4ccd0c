/** The tab that is at it: the engine with what it needs of this browser, and what holds it back. */
import type { Agreement } from '../../market/types.ts';
import { systemClock } from '../../provider/clock.ts';
import { createEngine, createEnvelopes } from '../../provider/index.ts';
import type { Chain, Dx } from '../../provider/ports.ts';
import { pendingOf } from '../../provider/snapshot.ts';
import type { EngineEvent, ProviderEngine, Settings } from '../../provider/types.ts';
import { problemOf } from '../problem.ts';
import { serialize } from '../serialize.ts';
import type { Problem, ProvidingSettings, ProvidingStatus } from '../types.ts';
import { Device } from './device.ts';
import { Interruptions } from './interruptions.ts';
import type { TabJournal } from './journal.ts';
import type { Identity } from './kept.ts';
import type { TabModels } from './models.ts';
import { restrainedBy, type Signals } from './restraint.ts';
import { engineSettings } from './settings.ts';

/** What the session knows of connections and of the chain's facts. */
export type SessionSignals = Pick<Signals, 'hasChain' | 'hasDx' | 'isNamed' | 'hasFees' | 'hasStake' | 'isKept'>;

export interface ActiveOptions {
  readonly chain: Chain;
  readonly dx: Dx;
  readonly identity: Identity;
  readonly provider: string;
  readonly models: TabModels;
  readonly journal: TabJournal;
  readonly settings: () => ProvidingSettings;
  readonly isDraining: () => boolean;
  readonly signals: () => SessionSignals;
  /** There is a new block: time to see whether what was in the way still is. */
  readonly onBlock: () => void;
  /** Something that is shown has changed; `isNoted` when the journal has. */
  readonly onChange: (isNoted: boolean) => void;
  /** Nothing is left to do after `drain`. */
  readonly onDrained: () => void;
}

/** What the active tab knows of itself. */
export type ActiveStatus = Pick<
  ProvidingStatus,
  'phase' | 'restrained' | 'openBids' | 'openAgreements' | 'waiting' | 'running' | 'interruptions' | 'trouble'
>;

/**
 * A page need not be drawn more often than this, in milliseconds: drawing takes the processor from the models. Nobody looks
 * at a hidden one.
 */
const showEveryMs = { visible: 500, hidden: 2_000 } as const;
/** Trouble that did not come again for so long is over, in milliseconds. */
const troubleMs = 10_000;

export class ActiveProvider {
  readonly #options: ActiveOptions;
  readonly #engine: ProviderEngine;
  readonly #device: Device;
  readonly #interruptions = new Interruptions();
  readonly #ended = new Map<number, Agreement>();
  readonly #undo: (() => void)[] = [];
  #engineTold = '';
  #trouble: { readonly problem: Problem; readonly atMs: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownAtMs = -Infinity;
  #isNoted = false;
  #isClosed = false;
  #warns = false;

  constructor(options: ActiveOptions) {
    const { chain, dx, identity, provider, models, journal } = options;
    this.#options = options;
    this.#device = new Device((interruption) => {
      this.#interruptions.add(interruption, this.#waiting());
      this.#changed();
    });
    const settings = this.#engineSettings();
    this.#engine = createEngine({
      ports: {
        ...{ chain, dx, models, journal, clock: systemClock },
        envelopes: createEnvelopes(chain.genesisHash, [identity.envelope.privateKey]),
        // No strategy of a tab asks one.
        hook: () => Promise.reject(new Error('A tab has no external strategy.')),
      },
      provider,
      settings,
    });
    this.#engineTold = serialize(settings);
    this.#undo.push(
      this.#engine.on((event) => this.#hear(event)),
      this.#device.signals.subscribe(() => this.refresh()),
      models.list.subscribe(() => this.refresh()),
      models.running.subscribe(() => this.#changed()),
    );
    this.#engine.start();
  }

  status(): ActiveStatus {
    const { openBids, openAgreements } = this.#engine.status();
    const restrained = this.#restrained();
    return {
      phase: this.#phase(restrained.length > 0),
      restrained,
      ...{ openBids, openAgreements, waiting: this.#waiting(), running: this.#options.models.running.get() },
      ...{ interruptions: this.#interruptions.list(), trouble: this.#trouble?.problem ?? null },
    };
  }

  /** What it works on, or did in this visit; newest first. */
  agreements(): readonly Agreement[] {
    const open = this.#engine.agreements();
    const ids = new Set(open.map(({ id }) => id));
    const ended = [...this.#ended.values()].filter(({ id }) => !ids.has(id));
    return [...open, ...ended].sort((a, b) => b.id - a.id);
  }

  /** Something that it rests on has changed: tells the engine at once. */
  refresh(): void {
    if (this.#isClosed) return;
    const settings = this.#engineSettings();
    const told = serialize(settings);
    if (told !== this.#engineTold) {
      this.#engineTold = told;
      this.#engine.update(settings);
    }
    this.#changed();
  }

  /** Shows what is made good by itself. */
  note(problem: Problem): void {
    this.#trouble = { problem, atMs: Date.now() };
    this.#changed();
  }

  /** Ends it at once. What is not answered is found again by the next visit. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const undo of this.#undo) undo();
    this.#device.close();
    this.#warn(false);
    await this.#engine.stop(0);
    await this.#options.models.close();
  }

  #engineSettings(): Settings {
    const { models, settings, isDraining } = this.#options;
    return engineSettings(settings(), models.chosen(), isDraining() || this.#restrained().length > 0);
  }

  #restrained() {
    const { models, settings, signals } = this.#options;
    // One that is loaded again was ready before; the engine itself does not bid until it is.
    const hasModel = models.list.get().some(({ timeMs, isAnnounced }) => timeMs !== null && isAnnounced);
    return restrainedBy({ ...this.#device.signals.get(), ...signals(), hasModel }, settings().restraint);
  }

  #phase(isRestrained: boolean): ProvidingStatus['phase'] {
    if (this.#options.isDraining()) return 'draining';
    const { state, models } = this.#engine.status();
    const isLoading = models.length > 0 && models.every((model) => model.state === 'loading');
    if (state === 'starting' || isLoading || this.#options.signals().isNamed === null) return 'starting';
    return isRestrained ? 'waiting' : 'on';
  }

  #waiting(): number {
    return this.#engine.agreements().reduce((sum, agreement) => sum + pendingOf(agreement), 0);
  }

  #hear(event: EngineEvent): void {
    switch (event.event) {
      case 'trouble':
        // An operator key cannot offer models: what is missing there is shown with the model.
        if (event.error.name !== 'NotAllowed') {
          this.note(problemOf(event.error));
        }
        break;
      case 'heads':
        this.#options.onBlock();
        break;
      case 'agreementEnded':
        this.#ended.set(event.agreement.id, event.agreement);
        break;
      case 'execution':
        this.#isNoted = true;
        if (event.execution.stage === 'missed') this.#interruptions.missed(Date.now());
        break;
      case 'decided':
        this.#isNoted = true;
        break;
      default:
    }
    if (this.#trouble !== null && Date.now() - this.#trouble.atMs > troubleMs) this.#trouble = null;
    this.#changed();
  }

  #changed(): void {
    if (this.#timer !== undefined) return;
    const everyMs = document.visibilityState === 'hidden' ? showEveryMs.hidden : showEveryMs.visible;
    // What comes after a while of silence is shown at once, with what comes in the same turn.
    const afterMs = Math.max(0, this.#shownAtMs + everyMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#shownAtMs = performance.now();
      this.#show();
    }, afterMs);
  }

  #show(): void {
    if (this.#isClosed) return;
    const { state, openBids, openAgreements } = this.#engine.status();
    this.#warn(openAgreements > 0 || this.#waiting() > 0);
    const isNoted = this.#isNoted;
    this.#isNoted = false;
    this.#options.onChange(isNoted);
    const isIdle = state !== 'starting' && openBids === 0 && openAgreements === 0;
    if (this.#options.isDraining() && isIdle) this.#options.onDrained();
  }

  /** Browsers ask before they close a page that has such a listener, and do not like one that is always there. */
  #warn(isNeeded: boolean): void {
    if (isNeeded === this.#warns) return;
    this.#warns = isNeeded;
    if (isNeeded) addEventListener('beforeunload', askToStay);
    else removeEventListener('beforeunload', askToStay);
  }
}

function askToStay(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
