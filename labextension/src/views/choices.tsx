import React, { useEffect, useId, useRef, useState } from 'react';

import { useWindow } from './usewindow';

const HEIGHT = 48;
const PAGE = 10;

export interface IChoicesProps<T> {
  label: string;
  items: readonly T[];
  name: (item: T) => string;
  draw: (item: T) => React.ReactNode;
  onOpen: (item: T) => void;
}

/** A list of which one is chosen, by mouse or keyboard; thousands stay fluid, since only those in sight are drawn. */
export function Choices<T>({ label, items, name, draw, onOpen }: IChoicesProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [at, setAt] = useState(0);
  const { first, last } = useWindow(box, items.length, HEIGHT);
  const chosen = Math.min(at, items.length - 1);
  useEffect(() => {
    reveal(box.current, chosen);
  }, [chosen]);
  const pressed = (event: React.KeyboardEvent): void => {
    const wanted = target(event.key, chosen, items.length);
    if (wanted !== null) {
      event.preventDefault();
      setAt(wanted);
    } else if ((event.key === 'Enter' || event.key === ' ') && items[chosen]) {
      event.preventDefault();
      onOpen(items[chosen]);
    }
  };
  return (
    <div
      ref={box}
      className="jp-Mlc-choices"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={chosen >= first && chosen < last ? `${id}-${chosen}` : undefined}
      onKeyDown={pressed}
    >
      <div style={{ height: items.length * HEIGHT }} role="presentation">
        {items.slice(first, last).map((item, place) => (
          <div
            key={name(item)}
            id={`${id}-${first + place}`}
            role="option"
            aria-selected={first + place === chosen}
            aria-setsize={items.length}
            aria-posinset={first + place + 1}
            className="jp-Mlc-choice"
            style={{ top: (first + place) * HEIGHT, height: HEIGHT }}
            onClick={() => {
              setAt(first + place);
              onOpen(item);
            }}
          >
            {draw(item)}
          </div>
        ))}
      </div>
    </div>
  );
}

function target(key: string, at: number, count: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE,
    PageUp: at - PAGE,
    Home: 0,
    End: count - 1
  };
  return key in steps ? Math.max(0, Math.min(count - 1, steps[key])) : null;
}

function reveal(box: HTMLElement | null, at: number): void {
  if (!box) {
    return;
  }
  if (at * HEIGHT < box.scrollTop) {
    box.scrollTop = at * HEIGHT;
  } else if ((at + 1) * HEIGHT > box.scrollTop + box.clientHeight) {
    box.scrollTop = (at + 1) * HEIGHT - box.clientHeight;
  }
}
