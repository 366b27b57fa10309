import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { changePassword } from "../session/session";
import { t } from "../i18n";
import { TextField } from "../ui/controls";
import { FormEnd } from "../ui/FormEnd";
import { PasswordField } from "./PasswordField";

export function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: () => {
      setCurrent("");
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
      <PasswordField value={current} onChange={setCurrent} />
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
