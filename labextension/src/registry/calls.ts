import { IProgress, IWatch, Refusal } from './client';

const PAUSE = 300;

/** A call that takes a while, as the server tells of it. */
export interface IGoing extends IProgress {
  state: 'running' | 'done' | 'refused' | 'died';
  reply?: unknown;
  error?: { message: string; hint: string; token?: string };
}

export type Going = (call: string, method: 'GET' | 'DELETE') => Promise<unknown>;

/** Wait until a call is answered; where nobody wants it any more, it is ended. */
export async function followed(call: string, going: Going, { progress, signal }: IWatch): Promise<unknown> {
  for (;;) {
    if (signal?.aborted) {
      await going(call, 'DELETE');
      throw new Refusal('It was cancelled.', '');
    }
    const told = (await going(call, 'GET')) as IGoing;
    if (told.state === 'done') {
      return told.reply;
    }
    if (told.state !== 'running') {
      const { message, hint, token } = told.error ?? { message: 'The process that was to answer died.', hint: '' };
      throw new Refusal(message, hint, token ?? '');
    }
    progress?.(told);
    await new Promise(resolve => setTimeout(resolve, PAUSE));
  }
}
