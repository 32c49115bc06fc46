import { Kernel } from '@jupyterlab/services';

import { IOffered } from '../actions/registering';
import { LOADED } from './inserting';

/** Where IPython says who offers which word: where the magic offers none, others offer words of Python. */
const TYPED = '_jupyter_types_experimental';
const OURS = 'mlc';
const PATIENCE = 15_000;

/**
 * What a kernel has that can be registered, and what it was trained on: what the magic itself would complete. A kernel
 * that is busy answers when it is done, and nobody waits for that.
 */
export function offered(kernel: Kernel.IKernelConnection): Promise<IOffered> {
  const late = new Promise<IOffered>((_, reject) =>
    window.setTimeout(() => reject(new Error('the kernel is busy')), PATIENCE)
  );
  return Promise.race([asked(kernel), late]);
}

async function asked(kernel: Kernel.IKernelConnection): Promise<IOffered> {
  await kernel.requestExecute({ code: LOADED, silent: true, store_history: false }).done;
  const [objects, data, models] = await Promise.all(
    ['register NAME ', 'register NAME MODEL --data ', 'register '].map(words => completed(kernel, `%mlc ${words}`))
  );
  return { objects, data, models };
}

async function completed(kernel: Kernel.IKernelConnection, code: string): Promise<readonly string[]> {
  const { content } = await kernel.requestComplete({ code, cursor_pos: code.length });
  if (content.status !== 'ok') {
    return [];
  }
  const typed = (content.metadata[TYPED] ?? []) as unknown as readonly { text: string; type: string }[];
  return typed.filter(({ type }) => type === OURS).map(({ text }) => text);
}
