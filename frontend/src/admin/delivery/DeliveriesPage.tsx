import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { data, notifications, once, type Delivery } from "../../api/clients";
import { label, t } from "../../i18n";
import { Button, Dialog, Field, TextField } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";
import { useAddress } from "../../ui/useAddress";

const STATES = ["held", "pending", "sent", "failed", "cancelled"] as const;
const CHANNELS = ["email", "webhook", "chat"] as const;
const FILTERS = ["state", "channel", "ticket", "endpoint"] as const;

type Query = Partial<Record<(typeof FILTERS)[number], string>>;

/** What became of every message, newest first; the filters stand in the address. */
export default function DeliveriesPage() {
  const { values: filters, set, clear } = useAddress(FILTERS);
  const [opened, setOpened] = useState<string | null>(null);
  const list = useInfiniteQuery({
    queryKey: ["deliveries", filters],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filters, limit: 50, ...cursorOf(pageParam) } as object;
      return data(notifications.GET("/api/v1/deliveries/", { params: { query }, signal }));
    },
    ...paged,
    placeholderData: keepPreviousData,
    refetchInterval: 20_000,
  });
  return (
    <>
      <title>{`${t("deliveries.title")} · ${t("app.name")}`}</title>
      <h1>{t("deliveries.title")}</h1>
      <div className="filters" role="search" aria-label={t("deliveries.title")}>
        <Choice name="state" prefix="deliveries.state" values={STATES} filters={filters} onChange={set} />
        <Choice name="channel" prefix="channel" values={CHANNELS} filters={filters} onChange={set} />
        <TextField
          label={t("deliveries.ticket")}
          maxLength={36}
          value={filters.ticket ?? ""}
          onChange={(value) => set("ticket", value.trim())}
        />
        {Object.keys(filters).length > 0 && (
          <Button look="quiet" onClick={clear}>
            {t("tickets.clear")}
          </Button>
        )}
      </div>
      <div aria-busy={list.isFetching && list.isPlaceholderData}>
        <Rows query={list} none={t("deliveries.none")}>
          {(rows) => <DeliveryTable rows={rows} onOpen={setOpened} />}
        </Rows>
      </div>
      {opened && <Detail id={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

interface ChoiceProps {
  name: "state" | "channel";
  prefix: string;
  values: readonly string[];
  filters: Query;
  onChange: (name: "state" | "channel", value: string) => void;
}

function Choice({ name, prefix, values, filters, onChange }: ChoiceProps) {
  return (
    <Field label={t(name === "state" ? "deliveries.state" : "templates.channel")}>
      {(props) => (
        <select {...props} value={filters[name] ?? ""} onChange={(event) => onChange(name, event.target.value)}>
          <option value="">{t("deliveries.any")}</option>
          {values.map((value) => (
            <option key={value} value={value}>
              {label(prefix, value)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function DeliveryTable({ rows, onOpen }: { rows: Delivery[]; onOpen: (id: string) => void }) {
  return (
    <table className="list">
      <thead>
        <tr>
          <th scope="col">{t("deliveries.created")}</th>
          <th scope="col">{t("tickets.number")}</th>
          <th scope="col">{t("deliveries.kind")}</th>
          <th scope="col">{t("templates.channel")}</th>
          <th scope="col">{t("deliveries.to")}</th>
          <th scope="col">{t("deliveries.state")}</th>
          <th scope="col">{t("deliveries.attempts")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <Time at={row.created_at} />
            </td>
            <td className="number">
              <Link to={`/requests/${row.ticket_number}`}>{row.ticket_number}</Link>
            </td>
            <td>{label("kind", row.kind)}</td>
            <td>{label("channel", row.channel)}</td>
            <td className="subject">{row.to_address}</td>
            <td>
              <span className={`badge delivery-${row.state ?? ""}`}>{label("deliveries.state", row.state ?? "")}</span>
            </td>
            <td>
              <Button
                look="quiet"
                aria-label={`${row.attempts}: ${t("deliveries.open")}`}
                onClick={() => onOpen(row.id)}
              >
                {row.attempts}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Detail({ id, onClose }: { id: string; onClose: () => void }) {
  const delivery = useQuery({
    queryKey: ["deliveries", "one", id],
    queryFn: ({ signal }) => data(notifications.GET("/api/v1/deliveries/{id}/", { params: { path: { id } }, signal })),
    refetchInterval: 5_000,
  });
  const resend = useOnce(
    (key: string) =>
      notifications.POST("/api/v1/deliveries/{id}/resending/", { params: { path: { id }, header: once(key) } }),
    [["deliveries"]],
    `resend.${id}`,
  );
  const found = delivery.data;
  return (
    <Dialog title={t("deliveries.log")} onClose={onClose}>
      <div className="stack">
        {delivery.isPending && <Loading />}
        {delivery.error && <ErrorNotice error={delivery.error} />}
        {found && (
          <>
            <p>
              {label("kind", found.kind)} · {found.to_address} · {label("deliveries.state", found.state ?? "")}
            </p>
            {found.log.length === 0 && <p className="muted">{t("deliveries.log.none")}</p>}
            <ol className="history">
              {found.log.map((attempt) => (
                <li key={attempt.number}>
                  {t("deliveries.attempt", {
                    n: attempt.number,
                    outcome: attempt.outcome,
                    answer: attempt.answer || "–",
                    ms: attempt.milliseconds,
                  })}{" "}
                  <Time at={attempt.at} />
                </li>
              ))}
            </ol>
            {resend.error && <ErrorNotice error={resend.error} />}
            <div className="row end">
              <span role="status">{resend.isSuccess && t("deliveries.resent")}</span>
              <Button busy={resend.isPending} onClick={() => resend.mutate(undefined)}>
                {t("deliveries.resend")}
              </Button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  );
}
