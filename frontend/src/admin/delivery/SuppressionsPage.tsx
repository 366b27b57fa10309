import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { data, notifications, type Suppression } from "../../api/clients";
import { t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";

/** Addresses to which nothing is sent, and how that ends. */
export default function SuppressionsPage() {
  const [asked, setAsked] = useState<Suppression | null>(null);
  const list = useInfiniteQuery({
    queryKey: ["suppressions"],
    queryFn: ({ pageParam, signal }) =>
      data(notifications.GET("/api/v1/suppressions/", { params: { query: cursorOf(pageParam) }, signal })),
    ...paged,
  });
  return (
    <>
      <title>{`${t("suppressions.title")} · ${t("app.name")}`}</title>
      <h1>{t("suppressions.title")}</h1>
      <Rows query={list} none={t("suppressions.none")}>
        {(rows) => (
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{t("suppressions.address")}</th>
                <th scope="col">{t("suppressions.reason")}</th>
                <th scope="col">{t("suppressions.since")}</th>
                <th scope="col">
                  <span className="sr">{t("suppressions.lift")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td className="subject">{row.address}</td>
                  <td>{row.reason}</td>
                  <td>
                    <Time at={row.created_at} />
                  </td>
                  <td>
                    <Button
                      look="quiet"
                      aria-label={t("suppressions.liftOne", { address: row.address })}
                      onClick={() => setAsked(row)}
                    >
                      {t("suppressions.lift")}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Rows>
      {asked && <Lifting suppression={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function Lifting({ suppression, onClose }: { suppression: Suppression; onClose: () => void }) {
  const lift = useOnce(
    () => notifications.DELETE("/api/v1/suppressions/{id}/", { params: { path: { id: suppression.id } } }),
    [["suppressions"]],
  );
  return (
    <Confirm
      title={t("suppressions.lift")}
      action={t("suppressions.lift")}
      look="primary"
      run={lift}
      body={undefined}
      onClose={onClose}
    >
      <p>{t("suppressions.confirm", { address: suppression.address })}</p>
    </Confirm>
  );
}
