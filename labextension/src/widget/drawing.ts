import { loader, parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, TopLevelSpec } from 'vega-lite';

/** Pictures bring all along: data, and no images. */
const refuse = (uri: string): Promise<never> => Promise.reject(new Error(`a picture asks for ${uri}`));
const NOTHING = { ...loader(), load: refuse, sanitize: refuse };

/** Draw Vega-Lite without evaluating text as code, which a page may forbid. It is a module of its own: `plots.js`. */
export async function draw(node: HTMLElement, picture: object): Promise<() => void> {
  const runtime = parse(compile(picture as TopLevelSpec).spec, undefined, { ast: true });
  const container = document.createElement('div');
  const view = new View(runtime, { container, renderer: 'svg', loader: NOTHING, expr: expressionInterpreter });
  try {
    await view.runAsync();
  } catch (error) {
    view.finalize();
    throw error;
  }
  if (node.isConnected) {
    node.append(container);
  }
  return () => {
    view.finalize();
    container.remove();
  };
}
