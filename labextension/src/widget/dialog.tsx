import React, { useEffect, useId, useRef, useState } from 'react';

import { canUndo, confirmed, done, refused } from '../actions/carrying';
import { Form } from '../actions/form';
import { isDone } from '../actions/input';
import { IWanted } from '../actions/wanted';
import { Answer, Ask, Verb } from '../registry/asking';
import { IDesk } from '../registry/desk';

/** How an act ended, in words. */
export interface IEnded {
  text: string;
  went: 'well' | 'wrong';
  canUndo: boolean;
  /** What is shown afterwards. */
  opens?: string;
}

export interface IDialogProps<V extends Verb> {
  desk: IDesk;
  wanted: IWanted<V>;
  /** With how it ended, unless the person went away. */
  onClose: (ended: IEnded | null) => void;
}

interface IQuestion {
  text: string;
  answer: (yes: boolean) => void;
}

/** A form with what would happen below it; what needs a yes is asked a second time. */
export function Dialog<V extends Verb>({ desk, wanted, onClose }: IDialogProps<V>): JSX.Element {
  const { trans } = desk;
  const box = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [ask, setAsk] = useState<Ask<V> | null>(null);
  const [isAllowed, setAllowed] = useState(false);
  const [isUnderWay, setUnderWay] = useState(false);
  const [question, setQuestion] = useState<IQuestion | null>(null);
  useEffect(() => {
    box.current?.showModal();
  }, []);
  const edited = (ask: Ask<V>): void => {
    setAsk(ask);
    setAllowed(false);
  };
  const tried = (ask: Ask<V>, reply: Answer<V> | null): void => {
    setAsk(reply && wanted.seen ? wanted.seen(ask, reply) : ask);
    setAllowed(reply !== null);
  };
  const isSure = (text: string): Promise<boolean> => new Promise(answer => setQuestion({ text, answer }));
  const accept = async (): Promise<void> => {
    if (question) {
      setQuestion(null);
      question.answer(true);
    } else if (ask && isAllowed && !isUnderWay) {
      setUnderWay(true);
      onClose(await carriedOut(desk, wanted, ask, isSure));
    }
  };
  const leave = (): void => {
    question?.answer(false);
    onClose(null);
  };
  return (
    <dialog
      ref={box}
      className="jp-Mlc-dialog"
      aria-labelledby={title}
      onCancel={event => {
        event.preventDefault();
        leave();
      }}
    >
      <form
        onSubmit={event => {
          event.preventDefault();
          void accept();
        }}
        onKeyDown={event => {
          if (isDone(event)) {
            event.preventDefault();
            void accept();
          }
        }}
      >
        <h2 id={title}>{wanted.title}</h2>
        {question && <p role="alert">{question.text}</p>}
        <div className="jp-Mlc-act" hidden={question !== null}>
          <Form desk={desk} wanted={wanted} onEdited={edited} onTried={tried} />
        </div>
        <div className="jp-Mlc-deeds jp-Mlc-answers">
          <button type="button" className="jp-mod-styled" onClick={leave}>
            {trans.__('Cancel')}
          </button>
          <button type="submit" className="jp-mod-styled" disabled={!question && (!isAllowed || isUnderWay)}>
            {wanted.accept}
          </button>
        </div>
      </form>
    </dialog>
  );
}

async function carriedOut<V extends Verb>(
  desk: IDesk,
  wanted: IWanted<V>,
  ask: Ask<V>,
  isSure: (text: string) => Promise<boolean>
): Promise<IEnded | null> {
  try {
    const reply = await confirmed(desk, wanted, ask, isSure);
    return reply && { text: done(wanted, reply), went: 'well', canUndo: canUndo(wanted), opens: wanted.opens?.(reply) };
  } catch (error) {
    return { text: refused(error as Error), went: 'wrong', canUndo: false };
  }
}
