import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { data, notifications, once, type Endpoint, type NoticeKind } from "../../api/clients";
import { ProblemError } from "../../api/problem";
import { useDraft } from "../../drafts/store";
import { label, t } from "../../i18n";
import { Confirm } from "../../ui/Confirm";
import { Button, Dialog, Field, TextField } from "../../ui/controls";
import { cursorOf, paged, Rows } from "../../ui/Rows";
import { useOnce } from "../../ui/useOnce";
import { FormEnd } from "../../ui/FormEnd";

const KINDS: NoticeKind[] = [
  "ticket_received",
  "ticket_status_changed",
  "comment_added",
  "note_added",
  "task_assigned",
  "task_transferred",
  "task_escalated",
  "task_moved",
  "task_unrouted",
  "task_sla_warning",
  "task_sla_breached",
];

type Asked = { of: "edit"; endpoint: Endpoint | null } | { of: "delete"; endpoint: Endpoint };

/** The programs and rooms that are told what happens. */
export default function ChannelsPage() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const endpoints = useInfiniteQuery({
    queryKey: ["endpoints"],
    queryFn: ({ pageParam, signal }) =>
      data(notifications.GET("/api/v1/endpoints/", { params: { query: cursorOf(pageParam) }, signal })),
    ...paged,
  });
  const close = () => setAsked(null);
  return (
    <>
      <title>{`${t("channels.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("channels.title")}</h1>
        <Button look="primary" className="push" onClick={() => setAsked({ of: "edit", endpoint: null })}>
          {t("channels.new")}
        </Button>
      </div>
      <Rows query={endpoints} none={t("channels.none")}>
        {(rows) => (
          <ul className="replies">
            {rows.map((endpoint) => (
              <Line key={endpoint.id} endpoint={endpoint} onAsk={setAsked} />
            ))}
          </ul>
        )}
      </Rows>
      {asked?.of === "edit" && <Editor endpoint={asked.endpoint} onMade={setSecret} onClose={close} />}
      {asked?.of === "delete" && <Deletion endpoint={asked.endpoint} onClose={close} />}
      {secret !== null && (
        <Dialog title={t("channels.secret")} onClose={() => setSecret(null)}>
          <p>{t("channels.secretHint")}</p>
          <p>
            <code>{secret}</code>
          </p>
        </Dialog>
      )}
    </>
  );
}

function Line({ endpoint, onAsk }: { endpoint: Endpoint; onAsk: (asked: Asked) => void }) {
  const { name, channel, url, kinds, is_active } = endpoint;
  return (
    <li className="card stack">
      <div className="heading">
        <h2>{name}</h2>
        <span className="tag">{label("channel", channel)}</span>
        {!is_active && <span className="badge task-on-hold">{t("channels.paused")}</span>}
        <div className="row push">
          <Link to={`/admin/deliveries?endpoint=${endpoint.id}`}>{t("channels.deliveries")}</Link>
          <Button
            look="quiet"
            aria-label={t("action.editNamed", { name })}
            onClick={() => onAsk({ of: "edit", endpoint })}
          >
            {t("action.edit")}
          </Button>
          <Button
            look="quiet"
            aria-label={t("action.deleteNamed", { name })}
            onClick={() => onAsk({ of: "delete", endpoint })}
          >
            {t("action.delete")}
          </Button>
        </div>
      </div>
      <p className="muted">{url}</p>
      <p className="small">{kinds.map((kind) => label("kind", kind)).join(", ")}</p>
    </li>
  );
}

interface EditorProps {
  endpoint: Endpoint | null;
  onMade: (secret: string) => void;
  onClose: () => void;
}

function Editor({ endpoint, onMade, onClose }: EditorProps) {
  const draft = useDraft(`endpoint.${endpoint?.id ?? "new"}`, beginningWith(endpoint));
  const { channel, ...fields } = draft.value;
  const save = useOnce(
    async (key: string) => {
      if (endpoint) {
        const params = { path: { id: endpoint.id } };
        await notifications.PATCH("/api/v1/endpoints/{id}/", { params, body: fields });
        return null;
      }
      const params = { header: once(key) };
      const made = await data(notifications.POST("/api/v1/endpoints/", { params, body: draft.value }));
      return channel === "webhook" ? made.secret : null;
    },
    [["endpoints"]],
    `endpoint.${endpoint?.id ?? "new"}`,
  );
  const errorOf = (field: string) => (save.error instanceof ProblemError ? save.error.of(field) : undefined);
  const tick = (kind: NoticeKind, isOn: boolean) =>
    draft.set({ kinds: KINDS.filter((one) => (one === kind ? isOn : fields.kinds.includes(one))) });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, {
      onSuccess: (secret) => {
        draft.clear();
        onClose();
        if (secret) onMade(secret);
      },
    });
  }

  return (
    <Dialog title={endpoint ? t("channels.edit", { name: endpoint.name }) : t("channels.new")} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t("channels.name")}
          required
          maxLength={100}
          value={fields.name}
          error={errorOf("name")}
          onChange={(name) => draft.set({ name })}
        />
        {!endpoint && (
          <Field label={t("channels.kind")}>
            {(props) => (
              <select
                {...props}
                value={channel}
                onChange={(event) => draft.set({ channel: event.target.value as "webhook" | "chat" })}
              >
                <option value="webhook">{t("channels.webhook")}</option>
                <option value="chat">{t("channels.chat")}</option>
              </select>
            )}
          </Field>
        )}
        <TextField
          label={t("channels.url")}
          type="url"
          required
          maxLength={1000}
          placeholder="https://"
          value={fields.url}
          error={errorOf("url")}
          onChange={(url) => draft.set({ url })}
        />
        <fieldset>
          <legend>{t("channels.kinds")}</legend>
          <div className="ticks">
            {KINDS.map((kind) => (
              <label key={kind} className="check">
                <input
                  type="checkbox"
                  checked={fields.kinds.includes(kind)}
                  onChange={(event) => tick(kind, event.target.checked)}
                />
                {label("kind", kind)}
              </label>
            ))}
          </div>
        </fieldset>
        <label className="check">
          <input
            type="checkbox"
            checked={fields.is_active}
            onChange={(event) => draft.set({ is_active: event.target.checked })}
          />
          {t("channels.active")}
        </label>
        <FormEnd run={save} action={t("action.save")} disabled={fields.kinds.length === 0} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

interface Fields {
  name: string;
  url: string;
  kinds: NoticeKind[];
  is_active: boolean;
  channel: "webhook" | "chat";
}

function beginningWith(endpoint: Endpoint | null): Fields {
  if (!endpoint) return { name: "", url: "", kinds: [], is_active: true, channel: "webhook" };
  const { name, url, kinds, is_active = true, channel } = endpoint;
  return { name, url, kinds: kinds as NoticeKind[], is_active, channel: channel as Fields["channel"] };
}

function Deletion({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const remove = useOnce(
    () => notifications.DELETE("/api/v1/endpoints/{id}/", { params: { path: { id: endpoint.id } } }),
    [["endpoints"]],
  );
  return (
    <Confirm
      title={t("channels.delete", { name: endpoint.name })}
      action={t("action.delete")}
      run={remove}
      body={undefined}
      onClose={onClose}
    >
      <p>{t("channels.deleteHint")}</p>
    </Confirm>
  );
}
