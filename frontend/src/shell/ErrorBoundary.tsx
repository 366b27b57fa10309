import { Component, type ReactNode } from "react";
import { t } from "../i18n";
import { Button } from "../ui/controls";

/** A page that fails says so and can be loaded again; drafts are on the device already. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="doorway">
        <div className="card stack" role="alert">
          <h1>{t("error.title")}</h1>
          <p>{t("error.page")}</p>
          <Button look="primary" onClick={() => location.reload()}>
            {t("error.reload")}
          </Button>
        </div>
      </main>
    );
  }
}
