/** WebAuthn as browsers have it: their own JSON forms, and our API's names for what they answer. */
import type { AuthSchemas } from "../api/clients";
import { ProblemError } from "../api/problem";

export type Assertion = AuthSchemas["AssertionRequest"];
export type Attestation = AuthSchemas["AttestationRequest"];
/** What `toJSON` of a credential gives (W3C Web Authentication, 5.1), as far as we need it. */
interface Made {
  id: string;
  response: { clientDataJSON: string; attestationObject: string; transports: string[] };
}
interface Signed {
  id: string;
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string };
}
type Options = AuthSchemas["PasskeyOptions"]["public_key"];

/** Whether this browser can: older ones cannot read the options, and pages without TLS may not. */
export function canUsePasskeys(): boolean {
  return "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Has a device or its vault make a passkey. Raises ProblemError. */
export async function makePasskey(options: Options): Promise<Attestation> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as never);
  const made = await asked(navigator.credentials.create({ publicKey }));
  const { id, response } = made.toJSON() as Made;
  return {
    id,
    client_data_json: response.clientDataJSON,
    attestation_object: response.attestationObject,
    transports: response.transports,
  };
}

/** Has a passkey sign. Raises ProblemError. */
export async function signWithPasskey(options: Options): Promise<Assertion> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as never);
  const { id, response } = (await asked(navigator.credentials.get({ publicKey }))).toJSON() as Signed;
  return {
    id,
    client_data_json: response.clientDataJSON,
    authenticator_data: response.authenticatorData,
    signature: response.signature,
    user_handle: response.userHandle,
  };
}

// The browser has said what it had to say; what stays is what to do about it.
const CODES: Record<string, string> = { InvalidStateError: "passkey_here", SecurityError: "passkey_elsewhere" };

async function asked(ceremony: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await ceremony.catch((error: unknown) => {
    const name = error instanceof DOMException ? error.name : "";
    const code = CODES[name] ?? "passkey_declined";
    throw new ProblemError({ title: name, status: 400, code, request_id: "" });
  });
  return credential as PublicKeyCredential;
}
