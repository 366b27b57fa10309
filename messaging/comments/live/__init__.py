"""The live channel: a conversation's stream as it happens, by server-sent events from a process of its own."""
