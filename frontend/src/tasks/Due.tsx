import { Time } from "../ui/Time";

/** Until when; in another colour, and with a sign, once that is over. */
export function Due({ at, isDone }: { at: string | null; isDone: boolean }) {
  if (!at) return <span className="muted">–</span>;
  const isLate = !isDone && new Date(at).getTime() < Date.now();
  return (
    <span className={isLate ? "late" : undefined}>
      {isLate && <span aria-hidden="true">⚠ </span>}
      <Time at={at} />
    </span>
  );
}
