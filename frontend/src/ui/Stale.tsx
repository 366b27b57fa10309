import type { ReactNode } from "react";
import { t } from "../i18n";
import { Button } from "./controls";

interface StaleProps {
  /** What it is now, by somebody else's hand. */
  theirs: ReactNode;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

/** Somebody changed it meanwhile (412): both are shown, and one is chosen before anything is saved. */
export function Stale({ theirs, onKeepMine, onTakeTheirs }: StaleProps) {
  return (
    <div className="notice conflict" role="alert">
      <p>
        <strong>{t("edit.changed")}</strong>
      </p>
      {typeof theirs === "string" ? <p className="words">{theirs}</p> : theirs}
      <div className="row">
        <Button onClick={onKeepMine}>{t("edit.keepMine")}</Button>
        <Button onClick={onTakeTheirs}>{t("edit.keepTheirs")}</Button>
      </div>
    </div>
  );
}
