import React from 'react';
import { createRoot } from 'react-dom/client';

import { promotion } from '../actions/moves';
import { fieldsOf, Values, Wanted } from '../actions/wanted';
import { Draw, IDesk } from '../registry/desk';
import { Changed } from './changed';
import { Comm, IChannel } from './comm';
import { english } from './english';
import { Frame } from './frame';
import { Pictures } from './pictures';
import { IPlace } from './places';

/** The digest of `plots.js`, which the build fills in. */
declare const PLOTS: string;
const DRAWN = 'jp-Mlc-drawn';

interface IRendered {
  model: { get(name: string): unknown };
  el: HTMLElement;
}

/** A promotion that was asked for with `--panel`: its version, and what the form begins with. */
interface IAsked {
  ref: string;
  values: Values;
}

function render({ model, el }: IRendered): () => void {
  const changed = new Changed();
  const comm = new Comm(model.get('layout') as IChannel, () => changed.emit());
  el.classList.add('jp-Mlc', 'jp-Mlc-widget');
  el.setAttribute('role', 'group');
  el.setAttribute('aria-label', english.__('Model registry'));
  el.dataset.lmSuppressShortcuts = 'true'; // a key that is pressed in here is none of the notebook's
  const root = createRoot(el);
  const asked = model.get('promote') as IAsked | null;
  root.render(
    <Frame
      comm={comm}
      changed={changed}
      draw={drawing(el, new Pictures(comm.plots, PLOTS))}
      registry={model.get('registry') as string}
      start={model.get('place') as IPlace}
      act={asked && (desk => promoting(desk, asked))}
    />
  );
  return () => {
    root.unmount();
    comm.close();
  };
}

/** Only where something is drawn in here does the style sheet hide the picture that the notebook keeps. */
function drawing(el: HTMLElement, pictures: Pictures): Draw {
  return (node, picture) => {
    const drawn = pictures.draw(node, picture);
    drawn.then(
      () => el.classList.add(DRAWN),
      () => el.classList.remove(DRAWN)
    );
    return drawn;
  };
}

async function promoting(desk: IDesk, { ref, values }: IAsked): Promise<Wanted> {
  const { version } = await desk.call('show', { ref });
  if (!version) {
    throw new Error(english.__('%1 is no version', ref));
  }
  const wanted = promotion(version, desk.trans);
  return { ...wanted, fields: fieldsOf(wanted, {}).map(field => ({ ...field, value: values[field.name] || field.value })) };
}

export default { render };
