"""The ASGI application of the live process (`entrypoint.sh live`)."""

from comments.live.application import LiveApplication
from config.asgi import application as django

application = LiveApplication(django=django)
