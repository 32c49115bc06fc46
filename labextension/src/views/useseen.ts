import { RefObject, useEffect, useState } from 'react';

/** Whether something is in sight, or was before. */
export function useSeen(box: RefObject<HTMLElement>): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!box.current || isSeen) {
      return;
    }
    const observer = new IntersectionObserver(found => {
      if (found.some(one => one.isIntersecting)) {
        setSeen(true);
      }
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, isSeen]);
  return isSeen;
}
