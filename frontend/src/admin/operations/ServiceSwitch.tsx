import { useSearchParams } from "react-router";
import { t } from "../../i18n";

/** The one of the services that the address names, or the first. */
export function useService<Name extends string>(names: readonly Name[]): Name {
  const [parameters] = useSearchParams();
  return names.find((name) => name === parameters.get("service")) ?? (names[0] as Name);
}

interface ServiceSwitchProps<Name extends string> {
  names: readonly Name[];
  /** How many rows each service has so far, and whether there are more. */
  counts: readonly { number: number; isMore: boolean }[];
}

/** From one service's list to another's, each with its number. */
export function ServiceSwitch<Name extends string>({ names, counts }: ServiceSwitchProps<Name>) {
  const service = useService(names);
  const [, setParameters] = useSearchParams();
  return (
    <div className="switch" role="group" aria-label={t("dead.service")}>
      {names.map((name, at) => (
        <button
          key={name}
          type="button"
          className="button quiet"
          aria-pressed={name === service}
          onClick={() => setParameters({ service: name }, { replace: true })}
        >
          {name} <Count {...(counts[at] ?? { number: 0, isMore: false })} />
        </button>
      ))}
    </div>
  );
}

function Count({ number, isMore }: { number: number; isMore: boolean }) {
  if (number === 0) return null;
  return (
    <span className="count">
      {number}
      {isMore && "+"}
    </span>
  );
}

/** Of a list with cursors. */
export function countOf(list: { pages: { results: unknown[]; next: string | null }[] } | undefined) {
  return {
    number: list?.pages.flatMap((page) => page.results).length ?? 0,
    isMore: Boolean(list?.pages.at(-1)?.next),
  };
}
