import { t } from "../i18n";
import { TextField } from "../ui/controls";

interface PasswordFieldProps {
  value: string;
  onChange: (value: string) => void;
}

/** One's present password, which changes of how one signs in ask for. */
export function PasswordField(props: PasswordFieldProps) {
  return (
    <TextField
      label={t("account.password.current")}
      type="password"
      autoComplete="current-password"
      required
      {...props}
    />
  );
}
