import { useMutation } from "@tanstack/react-query";
import { messaging, type Comment, type Reaction } from "../api/clients";
import { plural, t } from "../i18n";
import { useUser } from "../session/session";
import { ErrorNotice } from "../ui/feedback";

const SIGNS: Record<Reaction["sign"], string> = {
  "thumbs-up": "👍",
  "thumbs-down": "👎",
  heart: "❤️",
  laugh: "😄",
  hooray: "🎉",
  confused: "😕",
  eyes: "👀",
};

interface ReactionsProps {
  comment: Comment;
  isChoosing: boolean;
  onChange: (comment: Comment) => void;
}

/** The signs that people put to a comment; one's own comes and goes with a click. */
export function Reactions({ comment, isChoosing, onChange }: ReactionsProps) {
  const user = useUser();
  const set = useMutation({
    mutationFn: async ({ sign, isOn }: { sign: Reaction["sign"]; isOn: boolean }) => {
      const params = { path: { ticket_id: comment.ticket_id, comment_id: comment.id, sign } };
      const url = "/api/v1/tickets/{ticket_id}/comments/{comment_id}/reactions/{sign}/";
      await (isOn ? messaging.PUT(url, { params }) : messaging.DELETE(url, { params }));
      onChange({ ...comment, reactions: changed(comment.reactions, sign, user.id, isOn) });
    },
  });
  const shown = isChoosing ? (Object.keys(SIGNS) as Reaction["sign"][]) : comment.reactions.map(({ sign }) => sign);
  if (shown.length === 0) return null;
  return (
    <div className="reactions" role="group" aria-label={t("react.label")}>
      {shown.map((sign) => {
        const by = comment.reactions.find((one) => one.sign === sign)?.user_ids ?? [];
        const isMine = by.includes(user.id);
        return (
          <button
            key={sign}
            type="button"
            aria-pressed={isMine}
            aria-label={`${t(`react.${sign}`)}, ${plural("react.count", by.length)}`}
            disabled={set.isPending}
            onClick={() => set.mutate({ sign, isOn: !isMine })}
          >
            <span aria-hidden="true">
              {SIGNS[sign]} {by.length > 0 && by.length}
            </span>
          </button>
        );
      })}
      {set.error && <ErrorNotice error={set.error} />}
    </div>
  );
}

/** Ahead of the stream, which tells the same. */
function changed(reactions: Reaction[], sign: Reaction["sign"], userId: string, isOn: boolean): Reaction[] {
  const others = reactions.find((one) => one.sign === sign)?.user_ids.filter((id) => id !== userId) ?? [];
  const user_ids = isOn ? [...others, userId] : others;
  if (!reactions.some((one) => one.sign === sign)) return [...reactions, { sign, user_ids }];
  return reactions.map((one) => (one.sign === sign ? { sign, user_ids } : one)).filter((one) => one.user_ids.length);
}
