import { useEffect, useState } from "react";
import { flushSync } from "react-dom";

const MESSAGE = /^#comment-\d+$/;

/**
 * Whether all of a long conversation is shown: once it is asked for, in print, and when the address is that of a
 * message, which then has the focus.
 */
export function useWhole(isLoaded: boolean) {
  const [isShown, setShown] = useState(() => MESSAGE.test(location.hash));
  useEffect(() => {
    if (!isLoaded) return;
    const all = () => flushSync(() => setShown(true));
    const toMessage = () => {
      if (!MESSAGE.test(location.hash)) return;
      all();
      document.getElementById(location.hash.slice(1))?.focus();
    };
    if (MESSAGE.test(location.hash)) document.getElementById(location.hash.slice(1))?.focus();
    addEventListener("beforeprint", all);
    addEventListener("hashchange", toMessage);
    return () => {
      removeEventListener("beforeprint", all);
      removeEventListener("hashchange", toMessage);
    };
  }, [isLoaded]);
  return { isShown, show: () => setShown(true) };
}
