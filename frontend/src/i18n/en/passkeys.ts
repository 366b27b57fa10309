/** Words of passkeys: kept on the account page, used on the sign-in page. */
export const passkeys = {
  "passkeys.title": "Passkeys",
  "passkeys.hint":
    "Sign in with your finger, your face or the PIN of a device. A passkey cannot be phished; with one, the password alone is not enough any more.",
  "passkeys.none": "You have none.",
  "passkeys.add": "Add a passkey …",
  "passkeys.addTitle": "Add a passkey",
  "passkeys.addHint": "Your browser asks next which device or vault is to keep it.",
  "passkeys.create": "Go on",
  "passkeys.name": "What you call it",
  "passkeys.added": "Added {time}",
  "passkeys.used": "last used {time}",
  "passkeys.unused": "never used",
  "passkeys.synced": "synced",
  "passkeys.rename": "Rename",
  "passkeys.renameNamed": "Rename {name}",
  "passkeys.removeTitle": "Remove {name}?",
  "passkeys.removeText":
    "Nobody signs in with it any more. Delete it from the device or its vault, too: there it is only of no use.",
  "passkeys.remove": "Remove",
  "passkeys.proof": "Code of the app, or a recovery code",
  "passkeys.proofHint": "Leave it empty to confirm with a passkey.",

  "signIn.passkey": "Sign in with a passkey",
  "signIn.or": "or",
  "signIn.passkeyNext": "Use a passkey",
  "signIn.recoveryHint": "One of your recovery codes, if you do not have your passkey.",

  "error.passkey_declined": "No passkey was used. Try again when you are ready.",
  "error.passkey_here": "This device has a passkey of your account already.",
  "error.passkey_elsewhere": "Passkeys do not work at this address. Open the desk at its usual one.",
  "error.passkey_invalid": "That passkey was not accepted. Try again, or sign in with your password.",
  "error.passkey_wrong": "That passkey was not accepted. Try again, or use a code.",
  "error.passkey_unusable": "The passkey could not be added. Try again.",
  "error.second_factor_required": "A code or a passkey is needed as well.",
} as const;
