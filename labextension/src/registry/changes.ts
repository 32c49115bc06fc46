import { Event, ServiceManager } from '@jupyterlab/services';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { Tick } from '../wire';
import { Call } from './asking';

const SCHEMA = 'https://events.jupyter.org/jupyter_mlc/registry_changed';
const LONGEST = 300_000;

/** Says that the registry has changed: at the server's word, and where that is not heard, by asking now and then. */
export class Changes {
  constructor(
    private readonly call: Call,
    services: ServiceManager.IManager,
    interval: number
  ) {
    this.poll = new Poll({
      name: 'jupyter-mlc:changes',
      standby: 'when-hidden',
      frequency: { interval, backoff: true, max: LONGEST },
      factory: () => this.look()
    });
    services.events.stream.connect(this.heard, this);
  }

  get changed(): ISignal<this, void> {
    return this.signal;
  }

  /** A job got further; nothing was recorded. */
  get progressed(): ISignal<this, void> {
    return this.further;
  }

  setInterval(interval: number): void {
    this.poll.frequency = { ...this.poll.frequency, interval };
  }

  /** Look now: something was done here that may have changed it. */
  refresh(): Promise<void> {
    return this.poll.refresh();
  }

  /** Say so at once: something was changed by us. */
  announce(): void {
    this.signal.emit();
  }

  /**
   * The log has grown, or another registry is the server's own; where neither is so, a job got further, which concerns
   * those alone who look at jobs.
   */
  private heard(_: Event.IManager, event: Event.Emission): void {
    if (event.schema_id !== SCHEMA) {
      return;
    }
    const { registry, seq, own } = event as unknown as Tick;
    const isAnother = own && registry !== this.own;
    this.own = own ? registry : this.own;
    if (!isAnother && seq === this.heardOf.get(registry)) {
      this.further.emit();
    } else {
      this.heardOf.set(registry, seq);
      this.announce();
    }
  }

  private async look(): Promise<void> {
    const newest = (await this.call('history', { limit: 1 })).entries[0]?.seq ?? 0;
    if (this.seq !== null && newest !== this.seq) {
      this.announce();
    }
    this.seq = newest;
  }

  private seq: number | null = null;
  private own = '';
  private readonly heardOf = new Map<string, number>();
  private readonly poll: Poll<void>;
  private readonly further = new Signal<this, void>(this);
  private readonly signal = new Signal<this, void>(this);
}
