import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState, type SubmitEvent } from "react";
import { auth, data } from "../api/clients";
import { plural, t } from "../i18n";
import { Confirm } from "../ui/Confirm";
import { Button, Dialog, TextField } from "../ui/controls";
import { Copy } from "../ui/Copy";
import { save } from "../ui/Download";
import { ErrorNotice, Loading } from "../ui/feedback";
import { PasswordField } from "./PasswordField";

const QrCode = lazy(() => import("./QrCode"));

/** Whether signing in needs a code, and the ways to change that. Recovery codes are shown once. */
export function SecondFactor() {
  const queries = useQueryClient();
  const [open, setOpen] = useState<"set-up" | "codes" | "off" | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const state = useQuery({ queryKey: ["totp"], queryFn: () => data(auth.GET("/api/v1/me/totp/")) });

  function show(found: string[]) {
    setOpen(null);
    setCodes(found);
    void queries.invalidateQueries({ queryKey: ["totp"] });
  }

  return (
    <section className="card stack" aria-labelledby="second-factor">
      <h2 id="second-factor">{t("totp.title")}</h2>
      {state.isPending && <Loading />}
      {state.error && <ErrorNotice error={state.error} onRetry={() => void state.refetch()} />}
      {state.data && !state.data.enabled && (
        <>
          <p>{t("totp.off")}</p>
          <div className="row end">
            <Button look="primary" onClick={() => setOpen("set-up")}>
              {t("totp.setUp")}
            </Button>
          </div>
        </>
      )}
      {state.data?.enabled && (
        <>
          <p>
            {t("totp.on")} {plural("totp.left", state.data.recovery_codes_left)}.
          </p>
          <div className="row end">
            <Button onClick={() => setOpen("codes")}>{t("totp.newCodes")}</Button>
            <Button look="danger" onClick={() => setOpen("off")}>
              {t("totp.turnOff")}
            </Button>
          </div>
        </>
      )}
      {open === "set-up" && <SetUp onCodes={show} onClose={() => setOpen(null)} />}
      {open === "codes" && <NewCodes onCodes={show} onClose={() => setOpen(null)} />}
      {open === "off" && <TurnOff onClose={() => setOpen(null)} />}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </section>
  );
}

interface StepProps {
  onCodes: (codes: string[]) => void;
  onClose: () => void;
}

/** Password, then the key and its first code: nothing is on before that code was right. */
function SetUp({ onCodes, onClose }: StepProps) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useMutation({
    mutationFn: () => data(auth.POST("/api/v1/me/totp/", { body: { password } })),
  });
  const confirm = useMutation({
    mutationFn: () => data(auth.POST("/api/v1/me/totp/confirmation/", { body: { code: digits(code) } })),
    onSuccess: (answer) => onCodes(answer.recovery_codes),
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (begin.data) confirm.mutate();
    else begin.mutate();
  }

  const error = begin.error ?? confirm.error;
  return (
    <Dialog title={t("totp.title")} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {begin.data ? (
          <>
            <p>{t("totp.scan")}</p>
            <Suspense fallback={<Loading />}>
              <QrCode text={begin.data.uri} />
            </Suspense>
            <p>
              <span className="muted">{t("totp.key")}</span>{" "}
              <code className="secret">{begin.data.secret.match(/.{1,4}/g)?.join(" ")}</code>{" "}
              <Copy text={begin.data.secret} />
            </p>
            <CodeField label={t("totp.code")} value={code} onChange={setCode} />
          </>
        ) : (
          <PasswordField value={password} onChange={setPassword} />
        )}
        {error && <ErrorNotice error={error} />}
        <div className="row end">
          <Button look="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={begin.isPending || confirm.isPending}>
            {begin.data ? t("totp.confirm") : t("totp.next")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function NewCodes({ onCodes, onClose }: StepProps) {
  const [code, setCode] = useState("");
  const run = useMutation({
    mutationFn: (given: string) =>
      data(auth.POST("/api/v1/me/totp/recovery-codes/", { body: { code: digits(given) } })),
    onSuccess: (answer) => onCodes(answer.recovery_codes),
  });
  return (
    <Confirm title={t("totp.newCodes")} action={t("totp.next")} look="primary" run={run} body={code} onClose={onClose}>
      <CodeField label={t("totp.code")} value={code} onChange={setCode} />
    </Confirm>
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const run = useMutation({
    mutationFn: (body: { password: string; code: string }) => auth.POST("/api/v1/me/totp/removal/", { body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["totp"] }),
  });
  return (
    <Confirm
      title={t("totp.turnOff")}
      action={t("totp.turnOff")}
      run={run}
      body={{ password, code: digits(code) }}
      onClose={onClose}
    >
      <PasswordField value={password} onChange={setPassword} />
      <CodeField label={t("totp.anyCode")} value={code} onChange={setCode} />
    </Confirm>
  );
}

function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const text = codes.join("\n") + "\n";
  return (
    <Dialog title={t("totp.codes")}>
      <div className="stack">
        <p>{t("totp.codesHint")}</p>
        <ul className="recovery-codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <div className="row">
          <Copy text={text} />
          <Button onClick={() => save(new Blob([text], { type: "text/plain" }), "recovery-codes.txt")}>
            {t("totp.download")}
          </Button>
          <Button onClick={() => print()}>{t("totp.print")}</Button>
        </div>
        <div className="row end">
          <Button look="primary" onClick={onClose}>
            {t("totp.kept")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

interface FieldProps {
  value: string;
  onChange: (value: string) => void;
}

function CodeField(props: FieldProps & { label: string }) {
  return <TextField autoComplete="one-time-code" required maxLength={60} {...props} />;
}

/** Apps show a code in groups. */
function digits(code: string): string {
  return code.replaceAll(/\s/g, "");
}
