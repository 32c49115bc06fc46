import { loader, parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, TopLevelSpec } from 'vega-lite';

/** Pictures bring their data along. */
const NOTHING = { ...loader(), load: (uri: string) => Promise.reject(new Error(`a picture asks for ${uri}`)) };

/** Draw Vega-Lite without evaluating text as code, which a page may forbid. It is a module of its own: `plots.js`. */
export async function draw(node: HTMLElement, picture: object): Promise<() => void> {
  const runtime = parse(compile(picture as TopLevelSpec).spec, undefined, { ast: true });
  const container = document.createElement('div');
  const view = new View(runtime, { container, renderer: 'svg', loader: NOTHING, expr: expressionInterpreter });
  await view.runAsync();
  if (node.isConnected) {
    node.append(container);
  }
  return () => {
    view.finalize();
    container.remove();
  };
}
