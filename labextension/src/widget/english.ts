import { IWords } from '../registry/asking';

/** The words as they stand in the source: a widget is shown where there is no translator. */
export const english: IWords = {
  __: (text, ...filled) => filledIn(text, filled),
  _n: (one, many, count, ...filled) => filledIn(count === 1 ? one : many, [count, ...filled])
};

function filledIn(text: string, filled: readonly unknown[]): string {
  return text.replace(/%(\d+)/g, (slot, place) => (Number(place) <= filled.length ? String(filled[place - 1]) : slot));
}
