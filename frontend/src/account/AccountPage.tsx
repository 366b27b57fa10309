import { t } from "../i18n";
import { useUser } from "../session/session";
import { Email } from "./Email";
import { Notifications } from "./Notifications";
import { Passkeys } from "./Passkeys";
import { Password } from "./Password";
import { Profile } from "./Profile";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";
import { Tokens } from "./Tokens";

/** One's own account: what others see, how one signs in, where one is signed in, and what one is told. */
export default function AccountPage() {
  const user = useUser();
  return (
    <>
      <title>{`${t("account.title")} · ${t("app.name")}`}</title>
      <h1>{t("account.title")}</h1>
      <div className="account">
        <Profile key={user.version} user={user} />
        <Password />
        <SecondFactor />
        <Passkeys />
        <Email user={user} />
        <Sessions />
        <Notifications />
        <Tokens />
      </div>
    </>
  );
}
