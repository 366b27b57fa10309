export const audit = {
  "audit.title": "Audit log",
  "audit.text": "Who signed in, changed what, or was refused.",
  "audit.none": "Nothing is recorded that fits.",
  "audit.at": "When",
  "audit.event": "Event",
  "audit.actor": "Done by",
  "audit.user": "About",
  "audit.request_id": "Request",
  "audit.address": "Address",
  "audit.detail": "Details",
  "audit.nobody": "nobody signed in",
  "audit.account": "account",
} as const;
