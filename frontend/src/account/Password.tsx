import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { changePassword } from "../session/session";
import { t } from "../i18n";
import { TextField } from "../ui/controls";
import { FormEnd } from "../ui/FormEnd";
import { useReauthentication } from "../session/Reauthentication";

export function Password() {
  const owner = useReauthentication();
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: async () => {
      const { password, ...proof } = await owner.answer();
      await changePassword({ current_password: password, new_password: next, ...proof });
    },
    onSuccess: () => {
      owner.forget();
      setNext("");
    },
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    change.mutate();
  }

  return (
    <form className="card stack" onSubmit={submit} aria-labelledby="password">
      <h2 id="password">{t("account.password")}</h2>
      {owner.fields}
      <TextField
        label={t("account.password.new")}
        type="password"
        autoComplete="new-password"
        required
        value={next}
        onChange={setNext}
      />
      {change.isSuccess && <p role="status">{t("account.password.done")}</p>}
      <FormEnd run={change} action={t("account.password.change")} />
    </form>
  );
}
