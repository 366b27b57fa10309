import type { Line } from "./inWords";

/** What a macro does, line by line. */
export function Lines({ lines }: { lines: Line[] }) {
  return (
    <dl className="facts">
      {lines.map(({ what, how }) => [<dt key={what}>{what}</dt>, <dd key={`${what}-how`}>{how}</dd>])}
    </dl>
  );
}
