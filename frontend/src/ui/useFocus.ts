import { useEffect, useRef } from "react";

/** For what somebody has just asked for: the element has the focus once it is there. */
export function useFocus<T extends HTMLElement>() {
  const element = useRef<T>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}
