import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { changePassword } from "../session/session";
import { t } from "../i18n";
import { Button, TextField } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";

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
      <TextField
        label={t("account.password.current")}
        type="password"
        autoComplete="current-password"
        required
        value={current}
        onChange={setCurrent}
      />
      <TextField
        label={t("account.password.new")}
        type="password"
        autoComplete="new-password"
        required
        value={next}
        onChange={setNext}
      />
      {change.error && <ErrorNotice error={change.error} />}
      {change.isSuccess && <p role="status">{t("account.password.done")}</p>}
      <div className="row end">
        <Button type="submit" look="primary" busy={change.isPending}>
          {t("account.password.change")}
        </Button>
      </div>
    </form>
  );
}
