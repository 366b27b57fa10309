import type { UseMutationResult } from "@tanstack/react-query";
import { t } from "../i18n";
import { Button } from "./controls";
import { ErrorNotice } from "./feedback";

interface FormEndProps {
  /** What the form does. */
  run: Pick<UseMutationResult, "error" | "isPending">;
  /** The verb on the button, not "OK". */
  action: string;
  look?: "primary" | "danger";
  disabled?: boolean;
  /** Where the form can be left. */
  onCancel?: () => void;
}

/** The end of every form: why it failed, the way out, and the button that sends it. */
export function FormEnd({ run, action, look = "primary", disabled, onCancel }: FormEndProps) {
  return (
    <>
      {run.error && <ErrorNotice error={run.error} />}
      <div className="row end">
        {onCancel && (
          <Button look="quiet" onClick={onCancel}>
            {t("action.cancel")}
          </Button>
        )}
        <Button type="submit" look={look} busy={run.isPending} disabled={disabled}>
          {action}
        </Button>
      </div>
    </>
  );
}
