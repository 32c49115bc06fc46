import { Draw } from '../registry/desk';
import { english } from './english';

const JAVASCRIPT = 'text/javascript';

/** What `plots.js` exports. */
export interface IDrawing {
  draw: Draw;
}

/**
 * Draws by a module that the kernel sends when the first picture is to be drawn: it is several times as large as all else.
 * The page keeps it for every widget that was built with the same one.
 */
export class Pictures {
  constructor(
    private readonly ask: () => Promise<string>,
    name: string
  ) {
    this.key = Symbol.for(`jupyter-mlc:${name}`);
  }

  draw: Draw = async (node, picture) => (await this.module()).draw(node, picture);

  private async module(): Promise<IDrawing> {
    const page = globalThis as unknown as Record<symbol, IDrawing | undefined>;
    const kept = page[this.key];
    if (kept) {
      return kept;
    }
    // What does not come is forgotten, so that the next picture asks again.
    this.coming ??= this.ask().then(imported).finally(() => (this.coming = undefined));
    return (page[this.key] = await this.coming);
  }

  private coming?: Promise<IDrawing>;
  private readonly key: symbol;
}

/** A module of this text, from whichever kind of address the page allows. */
async function imported(code: string): Promise<IDrawing> {
  const blob = URL.createObjectURL(new Blob([code], { type: JAVASCRIPT }));
  const addresses = [blob, `data:${JAVASCRIPT};charset=utf-8,${encodeURIComponent(code)}`];
  try {
    return await anyOf(addresses);
  } finally {
    URL.revokeObjectURL(blob);
  }
}

async function anyOf([address, ...others]: readonly string[]): Promise<IDrawing> {
  try {
    return (await import(/* @vite-ignore */ address)) as IDrawing;
  } catch {
    if (!others.length) {
      // What a browser says here holds the address, and with it the whole module.
      throw new Error(english.__('this page does not run what the kernel sends to draw with'));
    }
    return anyOf(others);
  }
}
