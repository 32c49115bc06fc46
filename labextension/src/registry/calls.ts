import { Called } from '../wire';
import { IWords, Progress, Refusal } from './asking';

const PAUSE = 300;

export type Going = (call: string, method: 'GET' | 'DELETE') => Promise<unknown>;

/** Wait until a call is answered; where nobody wants it any more, it is ended. */
export async function followed(
  call: string,
  going: Going,
  trans: IWords,
  progress?: Progress,
  signal?: AbortSignal
): Promise<unknown> {
  for (;;) {
    if (signal?.aborted) {
      await going(call, 'DELETE');
      throw new Refusal(trans.__('It was cancelled.'), '');
    }
    const told = (await going(call, 'GET')) as Called;
    if (told.state === 'done') {
      return told.reply;
    }
    if (told.state !== 'running') {
      const died = { message: trans.__('The process that was to answer died.'), hint: '', token: '' };
      const { message, hint, token } = told.error ?? died;
      throw new Refusal(message, hint, token);
    }
    progress?.(told.done, told.total, told.text);
    await new Promise(resolve => setTimeout(resolve, PAUSE));
  }
}
