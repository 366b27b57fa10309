import { useState, type SubmitEvent } from "react";
import { data, once, tickets, type CannedReply } from "../api/clients";
import { ProblemError } from "../api/problem";
import { useDraft } from "../drafts/store";
import { t } from "../i18n";
import { isCoordinator } from "../session/roles";
import { useUser } from "../session/session";
import { Confirm } from "../ui/Confirm";
import { Button, Dialog, Field, TextField } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { Stale } from "../ui/Stale";
import { useOnce } from "../ui/useOnce";
import { useCannedReplies } from "./queries";
import { FormEnd } from "../ui/FormEnd";

/** Texts that one sends often: one's own, and those of the desk, which coordinators keep. */
export default function RepliesPage() {
  const user = useUser();
  const replies = useCannedReplies();
  const [asked, setAsked] = useState<{ reply: CannedReply | null; isDeletion: boolean } | null>(null);
  const mayChange = (reply: CannedReply) => (reply.is_shared ? isCoordinator(user) : reply.owner_id === user.id);
  return (
    <>
      <title>{`${t("replies.title")} · ${t("app.name")}`}</title>
      <div className="heading">
        <h1>{t("replies.title")}</h1>
        <Button look="primary" className="push" onClick={() => setAsked({ reply: null, isDeletion: false })}>
          {t("replies.new")}
        </Button>
      </div>
      <p className="muted">{t("replies.hint")}</p>
      {replies.isPending && <Loading />}
      {replies.error && <ErrorNotice error={replies.error} onRetry={() => void replies.refetch()} />}
      {replies.data?.length === 0 && <p className="empty">{t("replies.none")}</p>}
      <ul className="replies">
        {replies.data?.map((reply) => (
          <li key={reply.id} className="card stack">
            <div className="heading">
              <h2>{reply.name}</h2>
              <span className="tag">{reply.is_shared ? t("replies.shared") : t("replies.own")}</span>
              {mayChange(reply) && (
                <div className="row push">
                  <Button
                    look="quiet"
                    aria-label={t("action.editNamed", { name: reply.name })}
                    onClick={() => setAsked({ reply, isDeletion: false })}
                  >
                    {t("action.edit")}
                  </Button>
                  <Button
                    look="quiet"
                    aria-label={t("action.deleteNamed", { name: reply.name })}
                    onClick={() => setAsked({ reply, isDeletion: true })}
                  >
                    {t("action.delete")}
                  </Button>
                </div>
              )}
            </div>
            <p className="words muted">{reply.body}</p>
          </li>
        ))}
      </ul>
      {asked?.isDeletion && asked.reply && <Deletion reply={asked.reply} onClose={() => setAsked(null)} />}
      {asked && !asked.isDeletion && <Editor reply={asked.reply} onClose={() => setAsked(null)} />}
    </>
  );
}

function Editor({ reply, onClose }: { reply: CannedReply | null; onClose: () => void }) {
  const user = useUser();
  const draft = useDraft(`reply.${reply?.id ?? "new"}`, beginningWith(reply));
  const now = useCannedReplies().data?.find((one) => one.id === reply?.id);
  const { version: base, ...fields } = draft.value;
  const isStale = now !== undefined && now.version !== base;
  const done = () => {
    draft.clear();
    onClose();
  };
  const work = (key: string) => {
    if (!reply) return data(tickets.POST("/api/v1/canned-replies/", { params: { header: once(key) }, body: fields }));
    const params = { path: { id: reply.id }, header: { "If-Match": `"${base}"` } };
    return data(tickets.PATCH("/api/v1/canned-replies/{id}/", { params, body: fields }));
  };
  const save = useOnce(work, [["canned-replies"]], `reply.${reply?.id ?? "new"}`);
  const errorOf = (field: string) => (save.error instanceof ProblemError ? save.error.of(field) : undefined);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: done });
  }

  return (
    <Dialog title={reply ? t("replies.edit") : t("replies.new")} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {isStale && (
          <Stale theirs={now.body} onKeepMine={() => draft.set({ version: now.version })} onTakeTheirs={done} />
        )}
        <TextField
          label={t("replies.name")}
          required
          maxLength={100}
          value={fields.name}
          error={errorOf("name")}
          onChange={(value) => draft.set({ name: value })}
        />
        <Field label={t("replies.body")} hint={t("replies.placeholders")} error={errorOf("body")}>
          {(props) => (
            <textarea
              {...props}
              required
              rows={8}
              maxLength={10_000}
              value={fields.body}
              onChange={(event) => draft.set({ body: event.target.value })}
            />
          )}
        </Field>
        {isCoordinator(user) && (
          <label className="check">
            <input
              type="checkbox"
              checked={fields.is_shared}
              onChange={(event) => draft.set({ is_shared: event.target.checked })}
            />
            {t("views.shared")}
          </label>
        )}
        <FormEnd run={save} action={t("action.save")} disabled={isStale} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

function beginningWith(reply: CannedReply | null) {
  if (!reply) return { name: "", body: "", is_shared: false, version: 0 };
  const { name, body, is_shared, version } = reply;
  return { name, body, is_shared, version };
}

function Deletion({ reply, onClose }: { reply: CannedReply; onClose: () => void }) {
  const remove = useOnce(
    () => tickets.DELETE("/api/v1/canned-replies/{id}/", { params: { path: { id: reply.id } } }),
    [["canned-replies"]],
  );
  return (
    <Confirm
      title={t("replies.delete", { name: reply.name })}
      action={t("action.delete")}
      run={remove}
      body={undefined}
      onClose={onClose}
    >
      <p>{reply.is_shared ? t("replies.deleteShared") : t("replies.deleteOwn")}</p>
    </Confirm>
  );
}
