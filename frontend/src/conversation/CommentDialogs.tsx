import { useMutation, useQuery } from "@tanstack/react-query";
import { data, messaging, type Comment } from "../api/clients";
import { t } from "../i18n";
import { Confirm } from "../ui/Confirm";
import { Dialog } from "../ui/controls";
import { ErrorNotice, Loading } from "../ui/feedback";
import { Time } from "../ui/Time";
import { RichText } from "./RichText";

interface DialogProps {
  comment: Comment;
  onChange: (comment: Comment) => void;
  onClose: () => void;
}

/** Asks first: what a comment said cannot be brought back. */
export function DeleteDialog({ comment, onChange, onClose }: DialogProps) {
  const path = { ticket_id: comment.ticket_id, comment_id: comment.id };
  const remove = useMutation({
    mutationFn: async () => {
      await messaging.DELETE("/api/v1/tickets/{ticket_id}/comments/{comment_id}/", { params: { path } });
      return data(messaging.GET("/api/v1/tickets/{ticket_id}/comments/{comment_id}/", { params: { path } }));
    },
    onSuccess: onChange,
  });
  return (
    <Confirm title={t("comment.delete")} action={t("comment.delete")} run={remove} body={undefined} onClose={onClose}>
      <p>{t("comment.delete.confirm")}</p>
    </Confirm>
  );
}

/** What a comment said before it was edited. */
export function EarlierDialog({ comment, onClose }: Omit<DialogProps, "onChange">) {
  const path = { ticket_id: comment.ticket_id, comment_id: comment.id };
  const earlier = useQuery({
    queryKey: ["comment", comment.id, "history", comment.version],
    queryFn: () =>
      data(messaging.GET("/api/v1/tickets/{ticket_id}/comments/{comment_id}/history/", { params: { path } })),
  });
  return (
    <Dialog title={t("comment.earlier")} onClose={onClose}>
      {earlier.isPending && <Loading />}
      {earlier.error && <ErrorNotice error={earlier.error} />}
      <ol className="talk">
        {earlier.data?.results.map((one) => (
          <li key={one.version} className="message">
            <Time at={one.written_at} />
            <RichText html={one.html} />
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
