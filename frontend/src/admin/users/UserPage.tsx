import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, useParams } from "react-router";
import { auth, data, once, type User } from "../../api/clients";
import { label, t } from "../../i18n";
import { administers } from "../../session/roles";
import { useUser } from "../../session/session";
import { Confirm } from "../../ui/Confirm";
import { Button, TextField } from "../../ui/controls";
import { ErrorNotice, Loading } from "../../ui/feedback";
import { Time } from "../../ui/Time";
import { useOnce } from "../../ui/useOnce";
import { nameOf, useRoles } from "./queries";
import { RoleChoice } from "./RoleChoice";
import { FormEnd } from "../../ui/FormEnd";

/** One person: what others see of them, which roles they hold, and whether they may sign in. */
export default function UserPage() {
  const { id = "" } = useParams();
  const user = useQuery({
    queryKey: ["users", "one", id],
    queryFn: ({ signal }) => data(auth.GET("/api/v1/users/{id}/", { params: { path: { id } }, signal })),
  });
  if (user.isPending) return <Loading />;
  if (user.error) return <ErrorNotice error={user.error} onRetry={() => void user.refetch()} />;
  return (
    <>
      <title>{`${user.data.name} · ${t("app.name")}`}</title>
      <p className="trail">
        <Link to="/admin/users">{t("users.title")}</Link>
      </p>
      <div className="heading">
        <h1>{user.data.name}</h1>
        <span className={`badge account-${user.data.state}`}>{label("users.state", user.data.state)}</span>
        <Link className="push" to={`/admin/audit?user=${id}`}>
          {t("users.audit")}
        </Link>
      </div>
      <div className="halves">
        <ProfileForm key={id} user={user.data} />
        <Roles user={user.data} />
        <SignIn user={user.data} />
        <Explanation user={user.data} />
      </div>
    </>
  );
}

function ProfileForm({ user }: { user: User }) {
  const queries = useQueryClient();
  const [name, setName] = useState(user.name);
  const [department, setDepartment] = useState(user.department);
  const save = useMutation({
    mutationFn: () =>
      data(
        auth.PATCH("/api/v1/users/{id}/", {
          params: { path: { id: user.id }, header: { "If-Match": `"${user.version}"` } },
          body: { name, department },
        }),
      ),
    // What was typed stays, also when somebody else was faster: it is then saved over what is there now.
    onSettled: () => queries.invalidateQueries({ queryKey: ["users"] }),
  });

  function submit(event: SubmitEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form className="card stack" aria-labelledby="profile" onSubmit={submit}>
      <h2 id="profile">{t("account.profile")}</h2>
      <TextField label={t("users.name")} required maxLength={200} value={name} onChange={setName} />
      <TextField label={t("users.department")} optional maxLength={100} value={department} onChange={setDepartment} />
      <dl className="facts">
        <dt>{t("users.username")}</dt>
        <dd>{user.username}</dd>
        <dt>{t("users.email")}</dt>
        <dd>{user.email}</dd>
        <dt>{t("account.zone")}</dt>
        <dd>{user.time_zone}</dd>
      </dl>
      <FormEnd run={save} action={t("action.save")} disabled={name === user.name && department === user.department} />
    </form>
  );
}

/** Granting and revoking end the person's sessions: tokens with the old roles are void. */
function Roles({ user }: { user: User }) {
  const me = useUser();
  const [role, setRole] = useState("");
  const [revoked, setRevoked] = useState<{ id: string; role: string } | null>(null);
  const assignments = useQuery({
    queryKey: ["users", "roles", user.id],
    queryFn: () => data(auth.GET("/api/v1/role-assignments/", { params: { query: { user: user.id, limit: 100 } } })),
  });
  const grant = useOnce(
    (key, given: string) =>
      auth.POST("/api/v1/role-assignments/", { params: { header: once(key) }, body: { user: user.id, role: given } }),
    [["users"]],
  );
  const revoke = useOnce(
    (_, id: string) => auth.DELETE("/api/v1/role-assignments/{id}/", { params: { path: { id } } }),
    [["users"]],
  );
  const isSelf = me.id === user.id;
  const rows = assignments.data?.results ?? [];

  function submit(event: SubmitEvent) {
    event.preventDefault();
    grant.mutate(role, { onSuccess: () => setRole("") });
  }

  return (
    <section className="card stack" aria-labelledby="roles">
      <h2 id="roles">{t("users.roles")}</h2>
      {assignments.error && <ErrorNotice error={assignments.error} />}
      <ul className="lines">
        {user.roles.map((held) => {
          const assignment = rows.find((row) => row.role === held);
          return (
            <li key={held}>
              <RoleName role={held} />
              {assignment && !isSelf && administers(me, held.split(":")[0] ?? "") && (
                <Button
                  look="quiet"
                  aria-label={t("users.revokeOne", { role: held })}
                  onClick={() => setRevoked(assignment)}
                >
                  {t("users.revoke")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {isSelf ? (
        <p className="muted">{t("users.notOneself")}</p>
      ) : (
        <form className="stack" onSubmit={submit}>
          <RoleChoice required value={role} onChange={setRole} but={user.roles} />
          {grant.error && <ErrorNotice error={grant.error} />}
          <div className="row end">
            <Button type="submit" busy={grant.isPending}>
              {t("users.grant")}
            </Button>
          </div>
        </form>
      )}
      {revoked && (
        <Confirm
          title={t("users.revokeTitle", { role: revoked.role, name: user.name })}
          action={t("users.revoke")}
          run={revoke}
          body={revoked.id}
          onClose={() => setRevoked(null)}
        >
          <p>{t("users.revokeText")}</p>
        </Confirm>
      )}
    </section>
  );
}

function RoleName({ role }: { role: string }) {
  const known = useRoles().data?.find((one) => nameOf(one) === role);
  return (
    <span>
      {known?.name ?? role} <span className="muted small">{role}</span>
    </span>
  );
}

const ACTIONS = {
  invitation: { look: "plain", of: ["active"] },
  "totp-removal": { look: "plain", of: ["active", "suspended"] },
  "sessions/revocation": { look: "plain", of: ["active"] },
  suspension: { look: "danger", of: ["active"] },
  deactivation: { look: "danger", of: ["active", "suspended"] },
  reactivation: { look: "primary", of: ["suspended", "deactivated"] },
} as const;
type Action = keyof typeof ACTIONS;

/** Whether the person may sign in, and help with it. Each is asked for again before it is done. */
function SignIn({ user }: { user: User }) {
  const [action, setAction] = useState<Action | null>(null);
  const [reason, setReason] = useState("");
  const [done, setDone] = useState<Action | null>(null);
  const run = useOnce(
    async (_, wanted: { action: Action; reason: string }) => {
      await act(user.id, wanted);
      setDone(wanted.action);
      setReason("");
    },
    [["users"]],
  );
  const names = (Object.keys(ACTIONS) as Action[]).filter(
    (name) =>
      (ACTIONS[name].of as readonly string[]).includes(user.state) && !(name === "invitation" && user.has_password),
  );
  return (
    <section className="card stack" aria-labelledby="sign-in">
      <h2 id="sign-in">{t("users.signIn")}</h2>
      {done && <p role="status">{t(`users.${done}.done`)}</p>}
      <div className="row">
        {names.map((name) => (
          <Button key={name} look={ACTIONS[name].look} onClick={() => setAction(name)}>
            {t(`users.${name}`)}
          </Button>
        ))}
      </div>
      {action && (
        <Confirm
          title={`${t(`users.${action}`)}: ${user.name}`}
          action={t(`users.${action}`)}
          look={ACTIONS[action].look === "danger" ? "danger" : "primary"}
          run={run}
          body={{ action, reason }}
          onClose={() => setAction(null)}
        >
          <p>{t(`users.${action}.text`)}</p>
          {action === "suspension" && (
            <TextField label={t("task.reason")} required maxLength={300} value={reason} onChange={setReason} />
          )}
        </Confirm>
      )}
    </section>
  );
}

function act(id: string, { action, reason }: { action: Action; reason: string }): Promise<unknown> {
  const params = { path: { id } };
  if (action === "suspension") return auth.POST("/api/v1/users/{id}/suspension/", { params, body: { reason } });
  return auth.POST(`/api/v1/users/{id}/${action}/`, { params });
}

/** Why the person may, or may not, do what a role allows. */
function Explanation({ user }: { user: User }) {
  const [role, setRole] = useState("");
  const answer = useQuery({
    queryKey: ["users", "explain", user.id, role],
    queryFn: () => data(auth.GET("/api/v1/access/explain/", { params: { query: { user: user.id, role } } })),
    enabled: role !== "",
  });
  return (
    <section className="card stack" aria-labelledby="explain">
      <h2 id="explain">{t("users.explain")}</h2>
      <RoleChoice value={role} onChange={setRole} />
      {answer.error && <ErrorNotice error={answer.error} />}
      <div role="status">
        {answer.data && (
          <>
            <p>
              <strong>{answer.data.allowed ? t("users.may") : t("users.mayNot")}</strong>
            </p>
            <ul>
              {answer.data.reasons.map((reason) => (
                <li key={reason.code + (reason.at ?? "")}>
                  {reason.detail}{" "}
                  {reason.at && (
                    <span className="muted small">
                      <Time at={reason.at} /> {reason.by?.name}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}
