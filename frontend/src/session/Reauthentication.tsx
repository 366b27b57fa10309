import { useState } from "react";
import { PasswordField } from "./PasswordField";
import { proofOf, ProofField, useFactors } from "./Proof";

/** Asks who is signed in whether it is still them: for the password and, where there is one, the second factor. */
export function useReauthentication() {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const { canSign } = useFactors();
  return {
    fields: (
      <>
        <PasswordField value={password} onChange={setPassword} />
        <ProofField value={code} onChange={setCode} />
      </>
    ),
    /** What the API is to be sent. Raises ProblemError, and what a passkey that does not sign raises. */
    answer: async () => ({ password, ...(await proofOf(code, canSign)) }),
    forget: () => {
      setPassword("");
      setCode("");
    },
  };
}
