import { useState } from "react";
import { t } from "../i18n";
import { Button } from "./controls";

/** Puts a text on the clipboard and says so; where the browser refuses, the text is there to be marked by hand. */
export function Copy({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <>
      <Button
        onClick={() =>
          void navigator.clipboard.writeText(text).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }
      >
        {t("action.copy")}
      </Button>
      <span role="status" className="muted small">
        {isCopied && t("action.copied")}
      </span>
    </>
  );
}
