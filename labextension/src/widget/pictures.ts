import { Draw } from '../registry/desk';
import { english } from './english';

const JAVASCRIPT = 'text/javascript';
/** Milliseconds in which a page has what another widget on it has asked for. */
const PATIENCE = 5000;

/** What `plots.js` exports. */
export interface IDrawing {
  draw: Draw;
}

/**
 * Draws by a module that the kernel sends when the first picture is to be drawn: it is several times as large as all else.
 * The page keeps it for every widget that was built with it.
 */
export class Pictures {
  constructor(
    private readonly ask: () => Promise<string>,
    name: string
  ) {
    this.key = Symbol.for(`jupyter-mlc:${name}`);
  }

  draw: Draw = async (node, picture) => (await this.module()).draw(node, picture);

  private module(): Promise<IDrawing> {
    const page = globalThis as unknown as Record<symbol, Promise<IDrawing> | undefined>;
    const kept = page[this.key];
    const module = kept ? soon(kept).then(came => came ?? this.fetch()) : this.fetch();
    page[this.key] = module;
    return module;
  }

  private async fetch(): Promise<IDrawing> {
    return imported(await this.ask());
  }

  private readonly key: symbol;
}

/** Null for what was refused, and for what does not come: it may have been asked of a kernel that is gone. */
function soon(coming: Promise<IDrawing>): Promise<IDrawing | null> {
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE));
  return Promise.race([coming.catch(() => null), late]);
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
