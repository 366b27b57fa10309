import { dateTime, relative } from "../i18n";
import { useUser } from "../session/session";

/** A moment as people say it, with the whole of it in the user's zone at hand. */
export function Time({ at }: { at: string }) {
  const zone = useUser().time_zone;
  return (
    <time dateTime={at} title={dateTime(at, zone)}>
      {relative(at, undefined, zone)}
    </time>
  );
}
