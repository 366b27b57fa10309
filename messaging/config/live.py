"""The ASGI application of the live process (`entrypoint.sh live`)."""

from comments.live.application import ConversationStreams
from config.asgi import application as django

application = ConversationStreams(django=django)
