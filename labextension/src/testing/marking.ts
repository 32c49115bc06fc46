import { IWords } from '../registry/asking';

const [BEGIN, END] = ['⟦', '⟧'];
/** Two Latin letters in a row; one alone is a sign. */
const WORD = /\p{Script=Latin}{2,}/u;

/** A translator that marks what it was given to translate; what is filled in stays as it is. */
export const marking: IWords = {
  __: (text, ...filled) => marked(text, filled),
  _n: (one, many, count, ...filled) => marked(count === 1 ? one : many, [count, ...filled])
};

function marked(text: string, filled: readonly unknown[]): string {
  const parts = text.split(/(%\d+)/).filter(Boolean);
  const isFilled = (part: string): boolean => /^%\d+$/.test(part) && Number(part.slice(1)) <= filled.length;
  return parts.map(part => (isFilled(part) ? filled[Number(part.slice(1)) - 1] : `${BEGIN}${part}${END}`)).join('');
}

/** What of a text nobody was given to translate, as far as there are words in it. */
export function unmarked(text: string): string {
  const left = text.replace(/⟦[^⟦⟧]*⟧/g, ' ').trim();
  return WORD.test(left) ? left : '';
}
