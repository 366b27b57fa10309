import type { ReactNode } from "react";
import { t } from "../i18n";
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
