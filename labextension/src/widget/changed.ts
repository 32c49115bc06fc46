import { IChanged } from '../registry/asking';

/** Tells everybody who listens that the registry has changed. */
export class Changed implements IChanged {
  connect(slot: () => void): void {
    this.slots.add(slot);
  }

  disconnect(slot: () => void): void {
    this.slots.delete(slot);
  }

  emit(): void {
    [...this.slots].forEach(slot => slot());
  }

  private readonly slots = new Set<() => void>();
}
