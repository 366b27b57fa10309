import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { auth, type User } from "../api/clients";
import { t } from "../i18n";
import { TextField } from "../ui/controls";
import { FormEnd } from "../ui/FormEnd";
import { useReauthentication } from "../session/Reauthentication";

/** Another address: it counts once the link that is sent to it was opened. */
export function Email({ user }: { user: User }) {
  const [email, setEmail] = useState("");
  const owner = useReauthentication();
  const change = useMutation({
    mutationFn: async () => auth.POST("/api/v1/me/email/", { body: { email, ...(await owner.answer()) } }),
    onSuccess: owner.forget,
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    change.mutate();
  }

  return (
    <form className="card stack" onSubmit={submit} aria-labelledby="email">
      <h2 id="email">{t("email.title")}</h2>
      <p>{user.email}</p>
      <TextField label={t("email.new")} type="email" autoComplete="email" required value={email} onChange={setEmail} />
      {owner.fields}
      {change.isSuccess && <p role="status">{t("email.sent")}</p>}
      <FormEnd run={change} action={t("email.change")} />
    </form>
  );
}
