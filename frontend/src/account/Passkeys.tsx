import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { auth, data, type Passkey } from "../api/clients";
import { ProblemError } from "../api/problem";
import { relative, t } from "../i18n";
import { useUser } from "../session/session";
import { canUsePasskeys, makePasskey } from "../session/webauthn";
import { Confirm } from "../ui/Confirm";
import { Button, TextField } from "../ui/controls";
import { Rows } from "../ui/Rows";
import { Stale } from "../ui/Stale";
import { PASSKEYS, TOTP, useFactors, usePasskeys } from "../session/Proof";
import { useReauthentication } from "../session/Reauthentication";
import { RecoveryCodes } from "./RecoveryCodes";
import { browserOf } from "./Sessions";

type Opened = { what: "add" } | { what: "rename" | "remove"; passkey: Passkey };

/** What one signs in with instead of the password, or after it. Not there where it would be of no use. */
export function Passkeys() {
  const [open, setOpen] = useState<Opened | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const passkeys = usePasskeys();
  const { hasPasskey } = useFactors();
  const close = () => setOpen(null);
  if (!canUsePasskeys() && !hasPasskey) return null;
  return (
    <section className="card stack" aria-labelledby="passkeys">
      <h2 id="passkeys">{t("passkeys.title")}</h2>
      <p className="muted">{t("passkeys.hint")}</p>
      <Rows query={passkeys} none={t("passkeys.none")}>
        {(rows) => (
          <ul className="lines">
            {rows.map((passkey) => (
              <Line key={passkey.id} passkey={passkey} onOpen={setOpen} />
            ))}
          </ul>
        )}
      </Rows>
      {canUsePasskeys() && (
        <div className="row end">
          <Button onClick={() => setOpen({ what: "add" })}>{t("passkeys.add")}</Button>
        </div>
      )}
      {open?.what === "add" && <NewPasskey onCodes={setCodes} onClose={close} />}
      {open?.what === "rename" && <Renaming passkey={open.passkey} onClose={close} />}
      {open?.what === "remove" && <Removal passkey={open.passkey} onClose={close} />}
      {codes.length > 0 && <RecoveryCodes codes={codes} onClose={() => setCodes([])} />}
    </section>
  );
}

function Line({ passkey, onOpen }: { passkey: Passkey; onOpen: (what: Opened) => void }) {
  const zone = useUser().time_zone;
  const { name, last_used_at: used } = passkey;
  return (
    <li>
      <div>
        {name} {passkey.is_synced && <span className="tag">{t("passkeys.synced")}</span>}
        <p className="muted small">
          {t("passkeys.added", { time: relative(passkey.created_at, undefined, zone) })} ·{" "}
          {used ? t("passkeys.used", { time: relative(used, undefined, zone) }) : t("passkeys.unused")}
        </p>
      </div>
      <div className="row">
        <Button
          look="quiet"
          aria-label={t("passkeys.renameNamed", { name })}
          onClick={() => onOpen({ what: "rename", passkey })}
        >
          {t("passkeys.rename")}
        </Button>
        <Button
          look="quiet"
          aria-label={t("action.remove", { name })}
          onClick={() => onOpen({ what: "remove", passkey })}
        >
          {t("passkeys.remove")}
        </Button>
      </div>
    </li>
  );
}

/** Both say whether a second factor is on, and how many recovery codes are left. */
function useChanged() {
  const queries = useQueryClient();
  return () =>
    Promise.all([queries.invalidateQueries({ queryKey: PASSKEYS }), queries.invalidateQueries({ queryKey: TOTP })]);
}

function NewPasskey({ onCodes, onClose }: { onCodes: (codes: string[]) => void; onClose: () => void }) {
  const changed = useChanged();
  const owner = useReauthentication();
  const [name, setName] = useState(() => browserOf(navigator.userAgent));
  const run = useMutation({
    mutationFn: async () => {
      const options = await data(auth.POST("/api/v1/me/passkeys/options/", { body: await owner.answer() }));
      const credential = await makePasskey(options.public_key);
      return data(auth.POST("/api/v1/me/passkeys/", { body: { name, credential } }));
    },
    onSuccess: (answer) => {
      onCodes(answer.recovery_codes);
      return changed();
    },
  });
  return (
    <Confirm
      title={t("passkeys.addTitle")}
      action={t("passkeys.create")}
      look="primary"
      run={run}
      body={undefined}
      onClose={onClose}
    >
      <p>{t("passkeys.addHint")}</p>
      <TextField label={t("passkeys.name")} required maxLength={100} value={name} onChange={setName} />
      {owner.fields}
    </Confirm>
  );
}

function Renaming({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(passkey.name);
  const [base, setBase] = useState(passkey);
  const [theirs, setTheirs] = useState<Passkey | null>(null);
  const path = { id: passkey.id };
  const run = useMutation({
    mutationFn: (wanted: string) =>
      auth.PATCH("/api/v1/me/passkeys/{id}/", {
        params: { path, header: { "If-Match": `"${base.version}"` } },
        body: { name: wanted },
      }),
    onError: async (error) => {
      if (!(error instanceof ProblemError) || error.code !== "precondition_failed") return;
      setTheirs(await data(auth.GET("/api/v1/me/passkeys/{id}/", { params: { path } })));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: PASSKEYS }),
  });

  function choose(mine: boolean) {
    if (!theirs) return;
    if (!mine) setName(theirs.name);
    setBase(theirs);
    setTheirs(null);
    run.reset();
  }

  return (
    <Confirm
      title={t("passkeys.renameNamed", { name: passkey.name })}
      action={t("action.save")}
      look="primary"
      run={theirs ? { ...run, error: null } : run}
      body={name}
      onClose={onClose}
    >
      <TextField label={t("passkeys.name")} required maxLength={100} value={name} onChange={setName} />
      {theirs && <Stale theirs={theirs.name} onKeepMine={() => choose(true)} onTakeTheirs={() => choose(false)} />}
    </Confirm>
  );
}

function Removal({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const changed = useChanged();
  const owner = useReauthentication();
  const run = useMutation({
    mutationFn: async (id: string) =>
      auth.POST("/api/v1/me/passkeys/{id}/removal/", { params: { path: { id } }, body: await owner.answer() }),
    onSuccess: changed,
  });
  return (
    <Confirm
      title={t("passkeys.removeTitle", { name: passkey.name })}
      action={t("passkeys.remove")}
      run={run}
      body={passkey.id}
      onClose={onClose}
    >
      <p>{t("passkeys.removeText")}</p>
      {owner.fields}
    </Confirm>
  );
}
