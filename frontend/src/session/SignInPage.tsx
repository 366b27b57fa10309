import type { ReactNode } from "react";
import { t } from "../i18n";
import { Button } from "../ui/controls";
import { SignInForm } from "./SignInForm";

/** A page of its own for who is not signed in. */
export function Doorway({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="doorway">
      <title>{`${title} · ${t("app.name")}`}</title>
      <p className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" /> {t("app.name")}
      </p>
      <section className="card stack">
        <h1>{title}</h1>
        {children}
      </section>
    </main>
  );
}

export function SignInPage() {
  return (
    <Doorway title={t("signIn.title")}>
      <SignInForm />
    </Doorway>
  );
}

/** For who has a session while auth is away: nobody is asked for a password that would not help. */
export function UnreachablePage() {
  return (
    <Doorway title={t("app.unreachable")}>
      <p role="status">{t("app.unreachable.hint")}</p>
      <Button look="primary" onClick={() => location.reload()}>
        {t("action.retry")}
      </Button>
    </Doorway>
  );
}
