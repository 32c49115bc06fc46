import { RefObject, useEffect, useState } from 'react';

const MARGIN = 6;

export interface IWindow {
  first: number;
  last: number;
  /** How many are drawn at most: a row that leaves may be drawn anew as the one so many places on. */
  most: number;
}

/** Which of many rows of one height are in sight, and a few around them: only these are drawn. */
export function useWindow(box: RefObject<HTMLElement>, count: number, height: number): IWindow {
  const [place, setPlace] = useState({ top: 0, tall: 0 });
  useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    const look = (): void => setPlace({ top: node.scrollTop, tall: node.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(node);
    node.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      node.removeEventListener('scroll', look);
    };
  }, [box]);
  const first = Math.max(0, Math.min(Math.floor(place.top / height), count) - MARGIN);
  const last = Math.min(count, Math.ceil((place.top + place.tall) / height) + MARGIN);
  return { first, last, most: Math.ceil(place.tall / height) + 2 * MARGIN + 1 };
}
