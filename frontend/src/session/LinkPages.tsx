/** The pages that the links in auth's e-mails open. The token is in the fragment, which browsers send to nobody. */
import { useState, type SubmitEvent } from "react";
import { Link, useLocation } from "react-router";
import { auth } from "../api/clients";
import { t, type MessageKey } from "../i18n";
import { Button, TextField } from "../ui/controls";
import { ErrorNotice } from "../ui/feedback";
import { Doorway } from "./SignInPage";

interface StepProps {
  submit: MessageKey;
  done: MessageKey;
  work: () => Promise<unknown>;
  children?: React.ReactNode;
}

/** A form that does one thing and then says so. */
function Step({ submit, done, work, children }: StepProps) {
  const [state, setState] = useState<"open" | "busy" | "done">("open");
  const [error, setError] = useState<unknown>(null);

  async function run(event: SubmitEvent) {
    event.preventDefault();
    setState("busy");
    setError(null);
    try {
      await work();
      setState("done");
    } catch (failure) {
      setError(failure);
      setState("open");
    }
  }

  if (state === "done") {
    return (
      <>
        <p role="status">{t(done)}</p>
        <Link to="/sign-in">{t("signIn.title")}</Link>
      </>
    );
  }
  return (
    <form className="stack" onSubmit={(event) => void run(event)}>
      {children}
      {error !== null && <ErrorNotice error={error} />}
      <Button type="submit" look="primary" busy={state === "busy"}>
        {t(submit)}
      </Button>
    </form>
  );
}

function useLinkToken(): string {
  return new URLSearchParams(useLocation().hash.slice(1)).get("token") ?? "";
}

export function PasswordResetPage() {
  const token = useLinkToken();
  return token ? <NewPassword title={t("reset.newTitle")} token={token} isInvitation={false} /> : <AskForLink />;
}

export function InvitationPage() {
  const token = useLinkToken();
  if (!token) return <Incomplete title={t("invitation.title")} />;
  return <NewPassword title={t("invitation.title")} token={token} isInvitation />;
}

export function EmailChangePage() {
  const token = useLinkToken();
  if (!token) return <Incomplete title={t("emailChange.title")} />;
  return (
    <Doorway title={t("emailChange.title")}>
      <Step
        submit="emailChange.submit"
        done="emailChange.done"
        work={() => auth.POST("/api/v1/email-change/confirmation/", { body: { token } })}
      />
    </Doorway>
  );
}

/** For who has no account: asks for one. The answer is the same whether the address has one or not. */
export function RegisterPage() {
  const [name, setName] = useState("");
  const [username, setUsername] = useState("");
  const [email, setEmail] = useState("");
  const [department, setDepartment] = useState("");
  const time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Doorway title={t("register.title")}>
      <p className="muted">{t("register.hint")}</p>
      <Step
        submit="register.submit"
        done="register.sent"
        work={() => auth.POST("/api/v1/registrations/", { body: { name, username, email, department, time_zone } })}
      >
        <TextField label={t("register.name")} autoComplete="name" required value={name} onChange={setName} />
        <TextField
          label={t("register.username")}
          autoComplete="username"
          required
          value={username}
          onChange={setUsername}
        />
        <TextField
          label={t("register.email")}
          type="email"
          autoComplete="email"
          required
          value={email}
          onChange={setEmail}
        />
        <TextField
          label={t("register.department")}
          autoComplete="organization"
          optional
          value={department}
          onChange={setDepartment}
        />
      </Step>
      <Back />
    </Doorway>
  );
}

export function RegistrationPage() {
  const token = useLinkToken();
  if (!token) return <Incomplete title={t("register.confirmTitle")} />;
  return (
    <Doorway title={t("register.confirmTitle")}>
      <Step
        submit="register.confirm"
        done="register.confirmed"
        work={() => auth.POST("/api/v1/registrations/confirmation/", { body: { token } })}
      />
    </Doorway>
  );
}

function Incomplete({ title }: { title: string }) {
  return (
    <Doorway title={title}>
      <p role="alert">{t("link.missing")}</p>
      <Link to="/sign-in">{t("signIn.title")}</Link>
    </Doorway>
  );
}

function AskForLink() {
  const [email, setEmail] = useState("");
  return (
    <Doorway title={t("reset.title")}>
      <p className="muted">{t("reset.hint")}</p>
      <Step
        submit="reset.submit"
        done="reset.sent"
        work={() => auth.POST("/api/v1/password-reset/", { body: { email } })}
      >
        <TextField
          label={t("reset.email")}
          type="email"
          autoComplete="email"
          required
          value={email}
          onChange={setEmail}
        />
      </Step>
      <Back />
    </Doorway>
  );
}

function Back() {
  return (
    <p>
      <Link to="/sign-in">{t("signIn.return")}</Link>
    </p>
  );
}

function NewPassword({ title, token, isInvitation }: { title: string; token: string; isInvitation: boolean }) {
  const [password, setPassword] = useState("");
  const body = { token, password };
  const work = () =>
    isInvitation
      ? auth.POST("/api/v1/invitations/acceptance/", { body })
      : auth.POST("/api/v1/password-reset/confirmation/", { body });
  return (
    <Doorway title={title}>
      <Step submit="password.set" done="password.done" work={work}>
        <TextField
          label={t("password.new")}
          hint={t("password.hint")}
          type="password"
          autoComplete="new-password"
          required
          value={password}
          onChange={setPassword}
        />
      </Step>
    </Doorway>
  );
}
