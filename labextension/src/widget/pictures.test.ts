import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Refusal } from '../registry/asking';
import { Pictures } from './pictures';

const MODULE = `
export const draw = async (node, picture) => {
  node.push(picture.title);
  return () => node.pop();
};`;
const NODE = [] as unknown as HTMLElement & string[];
let name: string;

beforeEach(() => {
  name = `of the test ${expect.getState().currentTestName}`;
  NODE.length = 0;
});

afterEach(() => void vi.useRealTimers());

test('a picture is drawn by the module that comes, and taken away again', async () => {
  const remove = await new Pictures(async () => MODULE, name).draw(NODE, { title: 'ROC' });
  expect(NODE).toEqual(['ROC']);
  remove();
  expect(NODE).toEqual([]);
});

test('a module that came once is there for the next picture, of another widget too', async () => {
  const ask = vi.fn(async () => MODULE);
  const pictures = new Pictures(ask, name);
  await Promise.all(['one', 'two'].map(title => pictures.draw(NODE, { title })));
  await new Pictures(ask, name).draw(NODE, { title: 'three' });
  expect(NODE).toEqual(['one', 'two', 'three']);
  expect(ask).toHaveBeenCalledOnce();
});

test('a widget that was built with another module asks for that', async () => {
  const ask = vi.fn(async () => MODULE);
  await new Pictures(ask, `${name}, old`).draw(NODE, {});
  await new Pictures(ask, `${name}, new`).draw(NODE, {});
  expect(ask).toHaveBeenCalledTimes(2);
});

test('what is refused is told, and the next picture asks again', async () => {
  const ask = vi.fn(async () => MODULE).mockRejectedValueOnce(new Refusal('it is not here', 'type: make lab'));
  const pictures = new Pictures(ask, name);
  await expect(pictures.draw(NODE, {})).rejects.toEqual(new Refusal('it is not here', 'type: make lab'));
  await pictures.draw(NODE, { title: 'ROC' });
  expect(NODE).toEqual(['ROC']);
});

test('what another widget asked of a kernel that is gone is asked once more', async () => {
  vi.useFakeTimers();
  void new Pictures(() => new Promise(() => undefined), name).draw(NODE, {});
  await vi.advanceTimersByTimeAsync(5000);
  const drawn = new Pictures(async () => MODULE, name).draw(NODE, { title: 'ROC' });
  await vi.advanceTimersByTimeAsync(5000);
  vi.useRealTimers();
  await drawn;
  expect(NODE).toEqual(['ROC']);
});

test('what a page does not run is told without the module in it', async () => {
  const pictures = new Pictures(async () => 'this is no module', name);
  const told = new Error('this page does not run what the kernel sends to draw with');
  await expect(pictures.draw(NODE, {})).rejects.toEqual(told);
});

test('where a page refuses one kind of address the other is used', async () => {
  const seen: string[] = [];
  const revoke = vi.spyOn(URL, 'revokeObjectURL').mockImplementation(url => void seen.push(url));
  await new Pictures(async () => MODULE, name).draw(NODE, { title: 'ROC' }); // Node imports from no blob:
  expect(seen).toEqual([expect.stringMatching(/^blob:/)]);
  expect(NODE).toEqual(['ROC']);
  revoke.mockRestore();
});
