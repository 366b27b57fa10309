import { Link, useNavigate } from "react-router";
import { t } from "../i18n";
import { useKeys } from "../shell/keys";
import { onTrail } from "../shell/trail";

/** Back to the list, and to its next and previous ticket, by link and by key. */
export function Trail({ number }: { number: string }) {
  const navigate = useNavigate();
  const { from, previous, next } = onTrail(number);
  const list = from ?? "/requests";
  const go = (to: string | null) => to && void navigate(`/requests/${to}`);
  useKeys({ u: () => void navigate(list), k: () => go(previous), j: () => go(next) });
  return (
    <p className="small trail">
      <Link to={list}>{t("ticket.back")}</Link>
      <span className="muted">{number}</span>
      {previous && <Link to={`/requests/${previous}`}>{t("trail.previous")}</Link>}
      {next && <Link to={`/requests/${next}`}>{t("trail.next")}</Link>}
    </p>
  );
}
