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
  const [sight, setSight] = useState({ above: 0, inside: 0 });
  useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    const look = (): void => {
      const above = Math.floor(node.scrollTop / height);
      const inside = Math.ceil(node.clientHeight / height) + 1;
      setSight(known => (known.above === above && known.inside === inside ? known : { above, inside }));
    };
    const observer = new ResizeObserver(look);
    observer.observe(node);
    node.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      node.removeEventListener('scroll', look);
    };
  }, [box]);
  const first = Math.max(0, Math.min(sight.above, count) - MARGIN);
  const last = Math.min(count, sight.above + sight.inside + MARGIN);
  return { first, last, most: sight.inside + 2 * MARGIN };
}
