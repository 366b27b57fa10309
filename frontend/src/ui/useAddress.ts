import { useSearchParams } from "react-router";

/** What of a page stands in its address, so that it can be sent to a colleague: those of `names` that have a value. */
export function useAddress<Name extends string>(names: readonly Name[]) {
  const [parameters, setParameters] = useSearchParams();
  const values = Object.fromEntries(
    names.flatMap((name) => (parameters.get(name) ? [[name, parameters.get(name)]] : [])),
  ) as Partial<Record<Name, string>>;

  function set(name: Name, value: string) {
    const next = new URLSearchParams(parameters);
    if (value) next.set(name, value);
    else next.delete(name);
    setParameters(next, { replace: true });
  }

  return { values, set, clear: () => setParameters(new URLSearchParams(), { replace: true }) };
}
