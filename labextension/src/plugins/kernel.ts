import { Kernel } from '@jupyterlab/services';

import { IOffered } from '../actions/registering';
import { LOADED } from './inserting';

const PATIENCE = 20_000;

/** What a kernel has that can be registered, and what it was trained on: what the magic itself would complete. */
export async function offered(kernel: Kernel.IKernelConnection): Promise<IOffered> {
  const loading = kernel.requestExecute({ code: LOADED, silent: true, store_history: false });
  await inTime(loading.done);
  const [objects, data, models] = await Promise.all(
    ['register NAME ', 'register NAME MODEL --data ', 'register '].map(words => completed(kernel, `%mlc ${words}`))
  );
  return { objects, data, models };
}

async function completed(kernel: Kernel.IKernelConnection, code: string): Promise<readonly string[]> {
  const { content } = await inTime(kernel.requestComplete({ code, cursor_pos: code.length }));
  return content.status === 'ok' ? content.matches : [];
}

/** A kernel that is busy answers when it is done, and nobody waits for that. */
function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = new Promise<T>((_, reject) => window.setTimeout(() => reject(new Error('the kernel is busy')), PATIENCE));
  return Promise.race([answer, late]);
}
