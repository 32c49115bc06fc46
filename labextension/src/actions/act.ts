import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';

import { Answer, Ask, Verb } from '../registry/asking';
import { IDesk } from '../registry/desk';
import { ActBody } from './body';
import { canUndo, confirmed, done, refused } from './carrying';
import { FormDialog } from './dialog';
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
    Notification.error(refused(error as Error), { autoClose: false });
  }
}

async function asked<V extends Verb>(desk: IDesk, wanted: IWanted<V>): Promise<void> {
  const { trans } = desk;
  const button = wanted.cannotBeTakenBack ? Dialog.warnButton : Dialog.okButton;
  const dialog = new FormDialog({
    title: wanted.title,
    body: new ActBody(desk, wanted),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), button({ label: wanted.accept })],
    focusNodeSelector: FIELDS
  });
  const answer = await dialog.launch();
  if (answer.button.accept && answer.value) {
    await carryOut(desk, wanted, answer.value);
  }
}

async function carryOut<V extends Verb>(desk: IDesk, wanted: IWanted<V>, ask: Ask<V>): Promise<void> {
  const waiting = new Waiting(wanted.title, desk.trans);
  try {
    const reply = await confirmed(desk, wanted, ask, question => isSure(desk, wanted, question), waiting);
    if (reply) {
      tell(desk, wanted, reply);
    }
  } catch (error) {
    throw new Error(`${wanted.title}: ${refused(error as Error)}`);
  } finally {
    waiting.end();
    desk.refresh();
  }
}

async function isSure<V extends Verb>(desk: IDesk, wanted: IWanted<V>, question: string): Promise<boolean> {
  const { trans } = desk;
  const cancel = Dialog.cancelButton({ label: trans.__('Cancel') });
  const buttons = [cancel, Dialog.warnButton({ label: wanted.accept })];
  return (await showDialog({ title: wanted.title, body: question, buttons })).button.accept;
}

function tell<V extends Verb>(desk: IDesk, wanted: IWanted<V>, reply: Answer<V>): void {
  const { trans } = desk;
  const undo = { label: trans.__('Undo'), callback: () => desk.act(undoing(trans)) };
  Notification.success(done(wanted, reply), { autoClose: SHOWN, actions: canUndo(wanted) ? [undo] : [] });
  const next = wanted.opens?.(reply);
  if (next) {
    desk.open(next);
  }
}
