import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { auth, data, type PersonalScope, type PersonalToken } from "../api/clients";
import { relative, t, type MessageKey } from "../i18n";
import { useUser } from "../session/session";
import { Confirm } from "../ui/Confirm";
import { Button, Dialog, TextField } from "../ui/controls";
import { Copy } from "../ui/Copy";
import { cursorOf, paged, Rows } from "../ui/Rows";
import { useReauthentication } from "../session/Reauthentication";

const SERVICES = ["ticket-service", "workflow-api", "messaging", "notification-service", "auth-service"] as const;
const EXCHANGE = "/auth/api/v1/token/personal/";
const LIST = ["access-tokens"];

/** Tokens for one's own scripts: made, shown once, revoked. */
export function Tokens() {
  const [isNew, setNew] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [revoked, setRevoked] = useState<PersonalToken | null>(null);
  const zone = useUser().time_zone;
  const tokens = useInfiniteQuery({
    queryKey: LIST,
    queryFn: ({ pageParam }) => data(auth.GET("/api/v1/me/access-tokens/", { params: { query: cursorOf(pageParam) } })),
    ...paged,
  });
  return (
    <section className="card stack" aria-labelledby="tokens">
      <h2 id="tokens">{t("tokens.title")}</h2>
      <p className="muted">{t("tokens.hint")}</p>
      <Rows query={tokens} none={t("tokens.none")}>
        {(rows) => (
          <ul className="lines">
            {rows.map((token) => (
              <li key={token.id}>
                <div>
                  {token.name}
                  <p className="muted small">{token.scopes.map(scopeName).join(", ")}</p>
                  <p className="muted small">
                    {t("tokens.expires", { time: relative(token.expires_at, undefined, zone) })} ·{" "}
                    {token.last_used_at
                      ? t("tokens.used", { time: relative(token.last_used_at, undefined, zone) })
                      : t("tokens.unused")}
                  </p>
                </div>
                <Button look="quiet" onClick={() => setRevoked(token)}>
                  {t("tokens.revoke")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Rows>
      <div className="row end">
        <Button onClick={() => setNew(true)}>{t("tokens.new")}</Button>
      </div>
      {isNew && <NewToken onMade={setMade} onClose={() => setNew(false)} />}
      {made && <Made token={made} onClose={() => setMade(null)} />}
      {revoked && <Revocation token={revoked} onClose={() => setRevoked(null)} />}
    </section>
  );
}

function NewToken({ onMade, onClose }: { onMade: (token: string) => void; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [scopes, setScopes] = useState<ReadonlyMap<string, "read" | "write">>(new Map());
  const owner = useReauthentication();
  const run = useMutation({
    mutationFn: async (wanted: { name: string; scopes: PersonalScope[]; expires_in_days: number }) =>
      data(auth.POST("/api/v1/me/access-tokens/", { body: { ...wanted, ...(await owner.answer()) } })),
    onSuccess: (answer) => {
      onMade(answer.token);
      return queries.invalidateQueries({ queryKey: LIST });
    },
  });

  function choose(service: string, level: string) {
    const next = new Map(scopes);
    if (level === "read" || level === "write") next.set(service, level);
    else next.delete(service);
    setScopes(next);
  }

  const chosen = [...scopes].flatMap(([service, level]) =>
    (level === "write" ? ["read", "write"] : ["read"]).map((one) => `${service}:${one}` as PersonalScope),
  );
  return (
    <Confirm
      title={t("tokens.new")}
      action={t("tokens.create")}
      look="primary"
      run={run}
      body={{ name, scopes: chosen, expires_in_days: Number(days) }}
      onClose={onClose}
    >
      <TextField label={t("tokens.name")} required maxLength={100} value={name} onChange={setName} />
      <fieldset>
        <legend>{t("tokens.scopes")}</legend>
        {SERVICES.map((service) => (
          <label key={service} className="scope">
            <span>{t(`service.${service}`)}</span>
            <select value={scopes.get(service) ?? ""} onChange={(event) => choose(service, event.target.value)}>
              <option value="">–</option>
              <option value="read">{t("scope.read")}</option>
              <option value="write">{t("scope.write")}</option>
            </select>
          </label>
        ))}
      </fieldset>
      <TextField label={t("tokens.days")} type="number" min={1} max={366} required value={days} onChange={setDays} />
      {owner.fields}
    </Confirm>
  );
}

function Made({ token, onClose }: { token: string; onClose: () => void }) {
  return (
    <Dialog title={t("tokens.made")}>
      <div className="stack">
        <p>{t("tokens.madeHint", { path: EXCHANGE })}</p>
        <p>
          <code className="secret">{token}</code> <Copy text={token} />
        </p>
        <div className="row end">
          <Button look="primary" onClick={onClose}>
            {t("tokens.kept")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Revocation({ token, onClose }: { token: PersonalToken; onClose: () => void }) {
  const queries = useQueryClient();
  const run = useMutation({
    mutationFn: (id: string) => auth.DELETE("/api/v1/me/access-tokens/{id}/", { params: { path: { id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: LIST }),
  });
  return (
    <Confirm
      title={t("tokens.revokeTitle", { name: token.name })}
      action={t("tokens.revoke")}
      run={run}
      body={token.id}
      onClose={onClose}
    >
      <p>{t("tokens.revokeText")}</p>
    </Confirm>
  );
}

/** `ticket-service:write` as people say it. */
function scopeName(scope: string): string {
  const [service = "", level = ""] = scope.split(":");
  return `${t(`service.${service}` as MessageKey)}: ${t(`scope.${level}` as MessageKey)}`;
}
