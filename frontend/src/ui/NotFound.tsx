import { Link } from "react-router";
import { t } from "../i18n";

export function NotFound() {
  return (
    <>
      <h1>{t("app.notFound")}</h1>
      <Link to="/">{t("app.notFound.home")}</Link>
    </>
  );
}
