import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';

import { Answer, Ask, Refusal, Verb } from '../registry/client';
import { IDesk } from '../registry/desk';
import { ActBody } from './body';
import { FIELDS } from './form';
import { Waiting } from './waiting';
import { IWanted } from './wanted';
import { undoing } from './words';

const SHOWN = 8000;

/** Show what an act would do, carry it out where the person says so, and tell what happened. */
export async function act<V extends Verb>(desk: IDesk, wanted: IWanted<V> | Promise<IWanted<V>>): Promise<void> {
  try {
    await asked(desk, await wanted);
  } catch (error) {
    complain(error as Error);
  }
}

async function asked<V extends Verb>(desk: IDesk, wanted: IWanted<V>): Promise<void> {
  const button = wanted.cannotBeTakenBack ? Dialog.warnButton : Dialog.okButton;
  const answer = await showDialog({
    title: wanted.title,
    body: new ActBody(desk, wanted),
    buttons: [Dialog.cancelButton({ label: desk.trans.__('Cancel') }), button({ label: wanted.accept })],
    focusNodeSelector: FIELDS
  });
  if (answer.button.accept && answer.value) {
    await carryOut(desk, wanted, answer.value);
  }
}

/** What was refused, with what to do next. */
function complain(error: Error): void {
  const hint = error instanceof Refusal ? error.hint : '';
  Notification.error([error.message, hint].filter(Boolean).join('. '), { autoClose: false });
}

async function carryOut<V extends Verb>(desk: IDesk, wanted: IWanted<V>, ask: Ask<V>): Promise<void> {
  try {
    const reply = await confirmed(desk, wanted, ask);
    if (reply) {
      tell(desk, wanted, reply);
    }
  } finally {
    desk.refresh();
  }
}

/** Send a request; where the registry asks back, ask the person. Null where that was answered with no. */
async function confirmed<V extends Verb>(desk: IDesk, wanted: IWanted<V>, ask: Ask<V>): Promise<Answer<V> | null> {
  const waiting = new Waiting(wanted.title, desk.trans);
  try {
    return await desk.call(wanted.verb, ask, waiting);
  } catch (error) {
    if (!(error instanceof Refusal) || !error.token) {
      throw error;
    }
    waiting.end();
    const yes = await showDialog({
      title: wanted.title,
      body: error.message,
      buttons: [
        Dialog.cancelButton({ label: desk.trans.__('Cancel') }),
        Dialog.warnButton({ label: wanted.accept })
      ]
    });
    return yes.button.accept ? confirmed(desk, wanted, { ...ask, confirm: error.token }) : null;
  } finally {
    waiting.end();
  }
}

function tell<V extends Verb>(desk: IDesk, wanted: IWanted<V>, reply: Answer<V>): void {
  const undo = { label: desk.trans.__('Undo'), callback: () => desk.act(undoing(desk.trans)) };
  const canUndo = !wanted.cannotBeTakenBack && !wanted.isNotUndone && wanted.verb !== 'undo';
  const words = [wanted.title, ...wanted.told(reply), ...reply.warnings].join(' · ');
  Notification.success(words, { autoClose: SHOWN, actions: canUndo ? [undo] : [] });
  const next = wanted.opens?.(reply);
  if (next) {
    desk.open(next);
  }
}
