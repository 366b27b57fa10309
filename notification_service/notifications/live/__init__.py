"""The live channel: a person's inbox as it changes, by server-sent events from a process of its own."""
