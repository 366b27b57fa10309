import { useMutation } from "@tanstack/react-query";
import type { KeyboardEvent, SubmitEvent } from "react";
import { data, messaging, type Comment } from "../api/clients";
import { ProblemError } from "../api/problem";
import { useDraft } from "../drafts/store";
import { t } from "../i18n";
import { Stale } from "../ui/Stale";
import { useFocus } from "../ui/useFocus";
import { FormEnd } from "../ui/FormEnd";
import { MentionField } from "./MentionField";

interface EditCommentProps {
  comment: Comment;
  onChange: (comment: Comment) => void;
  onClose: () => void;
}

/** Other words for one's own comment. Where it was changed meanwhile, in another window, both are shown. */
export function EditComment({ comment, onChange, onClose }: EditCommentProps) {
  const draft = useDraft(`comment.${comment.id}`, { body: comment.body, version: comment.version });
  const path = { ticket_id: comment.ticket_id, comment_id: comment.id };
  const isStale = comment.version !== draft.value.version && comment.body !== draft.value.body;
  const field = useFocus<HTMLTextAreaElement>();
  const done = () => {
    draft.clear();
    onClose();
  };
  const save = useMutation({
    mutationFn: async () => {
      const header = { "If-Match": `"${draft.value.version}"` };
      const url = "/api/v1/tickets/{ticket_id}/comments/{comment_id}/";
      try {
        return await data(messaging.PATCH(url, { params: { path, header }, body: { body: draft.value.body } }));
      } catch (error) {
        // The newest words come beside one's own; and if those are the same, an attempt without an answer had arrived.
        if (!(error instanceof ProblemError) || error.status !== 412) throw error;
        const now = await data(messaging.GET(url, { params: { path } }));
        onChange(now);
        if (now.body !== draft.value.body) throw error;
        return now;
      }
    },
    onSuccess: (changed) => {
      onChange(changed);
      done();
    },
  });

  function submit(event?: SubmitEvent) {
    event?.preventDefault();
    if (draft.value.body === comment.body) done();
    else if (draft.value.body.trim()) save.mutate();
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  }

  return (
    <form className="stack" onSubmit={submit}>
      {isStale && (
        <Stale theirs={comment.body} onKeepMine={() => draft.set({ version: comment.version })} onTakeTheirs={done} />
      )}
      <MentionField
        ticketId={comment.ticket_id}
        visibility={comment.visibility}
        aria-label={t("comment.edit.label")}
        rows={4}
        required
        maxLength={10_000}
        field={field}
        value={draft.value.body}
        onKeyDown={onKey}
        onWrite={(body) => draft.set({ body })}
      />
      <FormEnd run={save} action={t("action.save")} disabled={isStale} onCancel={done} />
    </form>
  );
}
