import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { auth, data } from "../api/clients";
import { t } from "../i18n";
import { canUsePasskeys, signWithPasskey, type Assertion } from "./webauthn";
import { TextField } from "../ui/controls";
import { cursorOf, paged } from "../ui/Rows";

/** What beside the password shows that it is still them, where there is a second factor. */
export type Proof = { code: string } | { passkey: Assertion } | Record<string, never>;

export const TOTP = ["totp"];
export const PASSKEYS = ["passkeys"];

export function useTotp() {
  return useQuery({ queryKey: TOTP, queryFn: () => data(auth.GET("/api/v1/me/totp/")) });
}

export function usePasskeys() {
  return useInfiniteQuery({
    queryKey: PASSKEYS,
    queryFn: ({ pageParam }) => data(auth.GET("/api/v1/me/passkeys/", { params: { query: cursorOf(pageParam) } })),
    ...paged,
  });
}

/** Whether there is a passkey to confirm with, here; and whether anything is to be confirmed with at all. */
export function useFactors() {
  const hasPasskey = (usePasskeys().data?.pages[0]?.results.length ?? 0) > 0;
  return {
    hasPasskey,
    isOn: useTotp().data?.enabled === true || hasPasskey,
    canSign: hasPasskey && canUsePasskeys(),
  };
}

/** The code, where one was typed; else a passkey's signature, where there is one. Raises ProblemError. */
export async function proofOf(code: string, canSign: boolean): Promise<Proof> {
  const typed = code.replaceAll(/\s/g, "");
  if (typed) return { code: typed };
  if (!canSign) return {};
  const options = await data(auth.POST("/api/v1/me/passkeys/confirmation/"));
  return { passkey: await signWithPasskey(options.public_key) };
}

/** Nothing where the password is all there is. */
export function ProofField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { isOn, canSign } = useFactors();
  if (!isOn) return null;
  return (
    <TextField
      label={t("passkeys.proof")}
      hint={canSign ? t("passkeys.proofHint") : undefined}
      autoComplete="one-time-code"
      required={!canSign}
      maxLength={60}
      value={value}
      onChange={onChange}
    />
  );
}
