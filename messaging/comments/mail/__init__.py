"""E-mail that comes in: mailboxes, and what a message says; nothing here writes to the database."""
