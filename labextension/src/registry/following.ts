import { Changes } from './changes';
import { Client } from './client';

/** Asks the registry that the notebook in front uses; where it uses none, the server's own. */
export class Following {
  constructor(
    private readonly client: Client,
    private readonly changes: Changes
  ) {}

  /** What people call the registry that is asked. */
  shown = '';

  async follow(kernel: string | undefined): Promise<void> {
    const place = (this.count += 1);
    const known = await this.client.registries().catch(() => []);
    if (place !== this.count) {
      return; // another notebook has come to the front meanwhile
    }
    const found = known.find(one => kernel && one.kernels.includes(kernel)) ?? known.find(one => one.own);
    if (!found || (this.shown === found.shown && this.client.registry === found.uuid)) {
      return;
    }
    this.shown = found.shown;
    this.client.registry = found.uuid; // what is shown under this name, and nothing else that takes its place
    this.changes.announce();
  }

  private count = 0;
}
