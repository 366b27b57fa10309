import { t } from "../i18n";
import { Button, Dialog } from "../ui/controls";
import { signOut, useSession } from "./session";
import { SignInForm } from "./SignInForm";

/** Over the page that somebody is working on: it stays as it is, and goes on once they are signed in again. */
export function ExpiredDialog() {
  const session = useSession();
  if (session.phase !== "expired") return null;
  return (
    <Dialog title={t("signIn.expired")}>
      <p>{t("signIn.expiredHint")}</p>
      <SignInForm username={session.user.username} />
      <Button look="quiet" onClick={() => void signOut()}>
        {t("signIn.otherAccount")}
      </Button>
    </Dialog>
  );
}
