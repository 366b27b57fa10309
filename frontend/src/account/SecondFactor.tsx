import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState, type SubmitEvent } from "react";
import { auth, data, type AuthSchemas } from "../api/clients";
import { plural, t } from "../i18n";
import { Confirm } from "../ui/Confirm";
import { Button, Dialog, TextField } from "../ui/controls";
import { Copy } from "../ui/Copy";
import { ErrorNotice, Loading } from "../ui/feedback";
import { proofOf, ProofField, TOTP, useFactors, useTotp } from "../session/Proof";
import { useReauthentication } from "../session/Reauthentication";
import { RecoveryCodes } from "./RecoveryCodes";

const QrCode = lazy(() => import("./QrCode"));

type Opened = "set-up" | "codes" | "off";

/** Whether signing in needs a code, and the ways to change that. Recovery codes are shown once. */
export function SecondFactor() {
  const queries = useQueryClient();
  const [open, setOpen] = useState<Opened | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const state = useTotp();

  function show(found: string[]) {
    setOpen(null);
    setCodes(found);
    void queries.invalidateQueries({ queryKey: TOTP });
  }

  return (
    <section className="card stack" aria-labelledby="second-factor">
      <h2 id="second-factor">{t("totp.title")}</h2>
      {state.isPending && <Loading />}
      {state.error && <ErrorNotice error={state.error} onRetry={() => void state.refetch()} />}
      {state.data && <State totp={state.data} onOpen={setOpen} />}
      {open === "set-up" && <SetUp onCodes={show} onClose={() => setOpen(null)} />}
      {open === "codes" && <NewCodes onCodes={show} onClose={() => setOpen(null)} />}
      {open === "off" && <TurnOff onClose={() => setOpen(null)} />}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </section>
  );
}

/** Recovery codes stand for passkeys, too: there may be some where the app is not set up. */
function State({ totp, onOpen }: { totp: AuthSchemas["Totp"]; onOpen: (what: Opened) => void }) {
  const left = totp.recovery_codes_left;
  return (
    <>
      <p>
        {totp.enabled ? t("totp.on") : t("totp.off")} {(totp.enabled || left > 0) && `${plural("totp.left", left)}.`}
      </p>
      <div className="row end">
        {(totp.enabled || left > 0) && <Button onClick={() => onOpen("codes")}>{t("totp.newCodes")}</Button>}
        {totp.enabled ? (
          <Button look="danger" onClick={() => onOpen("off")}>
            {t("totp.turnOff")}
          </Button>
        ) : (
          <Button look="primary" onClick={() => onOpen("set-up")}>
            {t("totp.setUp")}
          </Button>
        )}
      </div>
    </>
  );
}

interface StepProps {
  onCodes: (codes: string[]) => void;
  onClose: () => void;
}

/** Password, then the key and its first code: nothing is on before that code was right. */
function SetUp({ onCodes, onClose }: StepProps) {
  const owner = useReauthentication();
  const [code, setCode] = useState("");
  const begin = useMutation({
    mutationFn: async () => data(auth.POST("/api/v1/me/totp/", { body: await owner.answer() })),
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
          owner.fields
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
  const { canSign } = useFactors();
  const run = useMutation({
    mutationFn: async (given: string) =>
      data(auth.POST("/api/v1/me/totp/recovery-codes/", { body: await proofOf(given, canSign) })),
    onSuccess: (answer) => onCodes(answer.recovery_codes),
  });
  return (
    <Confirm title={t("totp.newCodes")} action={t("totp.next")} look="primary" run={run} body={code} onClose={onClose}>
      <ProofField value={code} onChange={setCode} />
    </Confirm>
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const owner = useReauthentication();
  const run = useMutation({
    mutationFn: async () => auth.POST("/api/v1/me/totp/removal/", { body: await owner.answer() }),
    onSuccess: () => queries.invalidateQueries({ queryKey: TOTP }),
  });
  return (
    <Confirm title={t("totp.turnOff")} action={t("totp.turnOff")} run={run} body={undefined} onClose={onClose}>
      {owner.fields}
    </Confirm>
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
