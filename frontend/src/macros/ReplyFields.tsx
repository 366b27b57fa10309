import type { Visibility } from "../api/clients";
import { t } from "../i18n";
import { Field } from "../ui/controls";
import type { Part } from "./MacroEditor";

const VISIBILITIES: Visibility[] = ["public", "internal"];

/** Whether the macro writes something for the conversation, to whom, and what. */
export function ReplyFields({ form, set, errorOf }: Part) {
  return (
    <>
      <Field label={t("macros.action.reply")} hint={t("macros.replyHint")} error={errorOf("actions.reply.visibility")}>
        {(props) => (
          <select
            {...props}
            value={form.visibility}
            onChange={(event) => set({ visibility: event.target.value as Visibility | "" })}
          >
            <option value="">{t("macros.noReply")}</option>
            {VISIBILITIES.map((value) => (
              <option key={value} value={value}>
                {t(`macros.visibility.${value}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {form.visibility && (
        <Field label={t("replies.body")} hint={t("replies.placeholders")} error={errorOf("actions.reply.body")}>
          {(props) => (
            <textarea
              {...props}
              required
              rows={6}
              maxLength={10_000}
              value={form.body}
              onChange={(event) => set({ body: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}
