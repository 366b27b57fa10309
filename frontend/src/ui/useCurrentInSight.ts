import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** On a narrow screen the pages are a strip that scrolls: the one that is open is always seen in it. */
export function useCurrentInSight() {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const strip = nav.current;
    const link = strip?.querySelector<HTMLElement>("[aria-current=page]");
    if (strip && link) strip.scrollLeft = link.offsetLeft + link.offsetWidth / 2 - strip.clientWidth / 2;
  }, [pathname]);
  return nav;
}
