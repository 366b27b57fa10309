import { t } from "../i18n";
import { Button, Dialog } from "../ui/controls";
import { Copy } from "../ui/Copy";
import { save } from "../ui/Download";

/** Shown once: each stands for the second factor once. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const text = codes.join("\n") + "\n";
  return (
    <Dialog title={t("totp.codes")}>
      <div className="stack">
        <p>{t("totp.codesHint")}</p>
        <ul className="recovery-codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <div className="row">
          <Copy text={text} />
          <Button onClick={() => save(new Blob([text], { type: "text/plain" }), "recovery-codes.txt")}>
            {t("totp.download")}
          </Button>
          <Button onClick={() => print()}>{t("totp.print")}</Button>
        </div>
        <div className="row end">
          <Button look="primary" onClick={onClose}>
            {t("totp.kept")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
