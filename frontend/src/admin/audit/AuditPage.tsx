import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { auth, data, type AuditEntry } from "../../api/clients";
import { label, t } from "../../i18n";
import { Button, TextField } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { useAddress } from "../../ui/useAddress";

const FILTERS = ["event", "user", "actor", "request_id"] as const;

/** Who did what to whom and from where, newest first. The filters stand in the address. */
export default function AuditPage() {
  const { values: filters, set, clear } = useAddress(FILTERS);
  const list = useInfiniteQuery({
    queryKey: ["audit", filters],
    queryFn: ({ pageParam, signal }) =>
      data(
        auth.GET("/api/v1/audit-log/", {
          params: { query: { ...filters, limit: 50, ...cursorOf(pageParam) } },
          signal,
        }),
      ),
    ...paged,
    placeholderData: keepPreviousData,
  });

  return (
    <>
      <title>{`${t("audit.title")} · ${t("app.name")}`}</title>
      <h1>{t("audit.title")}</h1>
      <form
        className="filters"
        role="search"
        aria-label={t("audit.title")}
        onSubmit={(event) => event.preventDefault()}
      >
        {FILTERS.map((name) => (
          <TextField
            key={name}
            label={t(`audit.${name}`)}
            value={filters[name] ?? ""}
            onChange={(value) => set(name, value.trim())}
          />
        ))}
        {Object.keys(filters).length > 0 && (
          <Button look="quiet" onClick={clear}>
            {t("tickets.clear")}
          </Button>
        )}
      </form>
      <div aria-busy={list.isFetching && list.isPlaceholderData}>
        <Rows query={list} none={t("audit.none")}>
          {(entries) => <AuditTable entries={entries} />}
        </Rows>
      </div>
    </>
  );
}

function AuditTable({ entries }: { entries: AuditEntry[] }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t("audit.at")}</th>
          <th scope="col">{t("audit.event")}</th>
          <th scope="col">{t("audit.actor")}</th>
          <th scope="col">{t("audit.user")}</th>
          <th scope="col">{t("audit.address")}</th>
          <th scope="col">{t("audit.detail")}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id}>
            <td>
              <Time at={entry.at} />
            </td>
            <td>{label("audit.event", entry.event)}</td>
            <td>{entry.actor?.name ?? <span className="muted">{t("audit.nobody")}</span>}</td>
            <td>
              {entry.user_id && (
                <Link to={`/admin/users/${entry.user_id}`}>{entry.user_name ?? t("audit.account")}</Link>
              )}
            </td>
            <td className="number">{entry.address}</td>
            <td className="detail">{detailOf(entry)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function detailOf({ detail, request_id }: AuditEntry): string {
  const facts = Object.entries(detail).map(([name, value]) => `${name}: ${plain(value)}`);
  return [...facts, ...(request_id ? [t("error.requestId", { id: request_id })] : [])].join(" · ");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
