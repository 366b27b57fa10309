"""The ASGI application of the live process (`entrypoint.sh live`)."""

from config.asgi import application as django
from notifications.live.application import InboxStreams

application = InboxStreams(django=django)
