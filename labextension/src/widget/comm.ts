import { Answer, Call, Progress, Refusal } from '../registry/asking';
import { carried, uncarried } from '../registry/carried';
import { Refused } from '../wire';
import { english } from './english';

/**
 * Milliseconds after which a question is asked once more. What was asked before JupyterLab had a subshell for us waits
 * behind the cell that runs; what is asked later does not. The kernel answers each question once.
 */
const AGAIN = 2000;

/** The side of a widget that is in the browser, as far as messages need it. */
export interface IChannel {
  on(event: 'msg:custom', heard: (message: unknown) => void): void;
  off(event: 'msg:custom', heard: (message: unknown) => void): void;
  send(message: unknown): void;
}

/** What the kernel sends: the answer to one question, how far it is, or that the registry has changed. */
interface IHeard {
  id?: string;
  reply?: unknown;
  text?: string;
  refused?: Refused;
  progress?: readonly [number, number, string];
  changed?: boolean;
}

interface IQuestion {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
  progress?: Progress;
}

/** Asks the kernel of the notebook, by messages. */
export class Comm {
  constructor(
    private readonly channel: IChannel,
    private readonly onChanged: () => void
  ) {
    this.name = Math.random().toString(36).slice(2);
    channel.on('msg:custom', this.heard);
  }

  /** How many questions wait for an answer. */
  get open(): number {
    return this.questions.size;
  }

  /** What is being done, in the kernel's words. */
  doing = '';

  call: Call = async (verb, ask, progress, signal) => {
    const reply = await this.ask({ kind: 'call', verb, ask: carried(ask) }, progress, signal);
    return uncarried(reply) as Answer<typeof verb>;
  };

  blob = async (digest: string): Promise<string> => {
    return (await this.ask({ kind: 'blob', digest })) as string;
  };

  /** The module that draws. */
  plots = async (): Promise<string> => {
    return (await this.ask({ kind: 'plots' })) as string;
  };

  close(): void {
    this.channel.off('msg:custom', this.heard);
    [...this.questions.keys()].forEach(id => this.forget(id));
  }

  private ask(message: Record<string, unknown>, progress?: Progress, signal?: AbortSignal): Promise<unknown> {
    const id = `${this.name}-${(this.count += 1)}`;
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => this.forget(id));
      this.questions.set(id, { resolve, reject, progress });
      this.channel.send({ id, ...message });
      setTimeout(() => this.questions.has(id) && this.channel.send({ id, ...message }), AGAIN);
    });
  }

  /** Wait no longer for an answer; the kernel itself is interrupted by its own button. */
  private forget(id: string): void {
    const question = this.questions.get(id);
    this.questions.delete(id);
    this.doing = '';
    question?.reject(new Refusal(english.__('not waited for'), english.__('the kernel may still be at it')));
  }

  /** Every view of a widget hears everything; each knows its own questions. */
  private readonly heard = (message: unknown): void => {
    const { id = '', ...told } = message as IHeard;
    if (told.changed) {
      this.onChanged();
    }
    const question = this.questions.get(id);
    if (!question) {
      return;
    }
    if (told.progress) {
      this.hearProgress(question, told.progress);
      return;
    }
    this.questions.delete(id);
    this.doing = '';
    if (told.refused) {
      question.reject(new Refusal(told.refused.message, told.refused.hint, told.refused.token));
    } else {
      question.resolve(told.text ?? told.reply);
    }
  };

  private hearProgress(question: IQuestion, [done, total, text]: readonly [number, number, string]): void {
    this.doing = total > 0 ? `${text} ${done}/${total}` : `${text} ${done || ''}`;
    question.progress?.(done, total, text);
  }

  private count = 0;
  private readonly name: string;
  private readonly questions = new Map<string, IQuestion>();
}
