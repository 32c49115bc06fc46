import { RefObject, useEffect, useState } from 'react';

const MARGIN = 6;
/** Milliseconds after which somebody who flings through the rows has come to rest. */
const REST = 100;

export interface IWindow {
  first: number;
  last: number;
  /** How many are drawn at most: a row that leaves may be drawn anew as the one so many places on. */
  most: number;
  /** Whether nothing in sight was there a moment ago. */
  hasJumped: boolean;
  /** Whether it is so time after time: nobody can read what goes by. */
  isPassing: boolean;
}

interface ISight {
  above: number;
  inside: number;
  jumps: number;
}

const NOTHING: ISight = { above: 0, inside: 0, jumps: 0 };

/** Which of many rows of one height are in sight, and a few around them: only these are drawn. */
export function useWindow(box: RefObject<HTMLElement>, count: number, height: number): IWindow {
  const [sight, setSight] = useState(NOTHING);
  useEffect(() => {
    const node = box.current;
    if (!node) {
      return;
    }
    let resting: ReturnType<typeof setTimeout>;
    const rest = (): void => setSight(known => (known.jumps ? { ...known, jumps: 0 } : known));
    const look = (): void => {
      const above = Math.floor(node.scrollTop / height);
      const inside = Math.ceil(node.clientHeight / height) + 1;
      setSight(known => moved(known, above, inside));
      clearTimeout(resting);
      resting = setTimeout(rest, REST);
    };
    const observer = new ResizeObserver(look);
    observer.observe(node);
    node.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      clearTimeout(resting);
      observer.disconnect();
      node.removeEventListener('scroll', look);
    };
  }, [box]);
  const first = Math.max(0, Math.min(sight.above, count) - MARGIN);
  const last = Math.min(count, sight.above + sight.inside + MARGIN);
  return { first, last, most: sight.inside + 2 * MARGIN, hasJumped: sight.jumps > 0, isPassing: sight.jumps > 1 };
}

function moved(known: ISight, above: number, inside: number): ISight {
  if (known.above === above && known.inside === inside) {
    return known;
  }
  const isJump = Math.abs(above - known.above) >= inside;
  return { above, inside, jumps: isJump ? known.jumps + 1 : 0 };
}
