"""manage.py rotate_keys [--lead MINUTES] [--compromised]"""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from users import signing
from users.errors import RotationUnderWay
from users.services.key_rotation import LEAD, OVERLAP, keys_rotate


class Command(BaseCommand):
    """Another signing key."""

    help = (
        "Publishes another signing key, which signs in a quarter of an hour, when every service knows it; the one "
        "before stays valid until its tokens have expired. Once is enough: nothing is to be done afterwards. Where "
        "JWT_PRIVATE_KEY_FILE holds the keys, it is rewritten and running processes read it again; where "
        "JWT_PRIVATE_KEYS does, its new value is printed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        minutes = int(LEAD.total_seconds() // 60)
        parser.add_argument("--lead", type=int, default=minutes, metavar="MINUTES", help=f"until it signs ({minutes})")
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="somebody else has the key: the new one signs at once, and every token so far is void",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["compromised"] and options["lead"] * 60 < LEAD.total_seconds():
            raise CommandError("The other services may not know the key any sooner than in a quarter of an hour.")
        try:
            value = keys_rotate(lead=timedelta(minutes=options["lead"]), compromised=options["compromised"])
        except RotationUnderWay:
            raise CommandError("A key has been published that does not sign yet. Wait until it does.") from None
        except (ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from None
        if value:
            self.stdout.write(value)
            self.stderr.write("Put that in place of JWT_PRIVATE_KEYS, as one line in single quotes, and restart auth.")
        else:
            self.stderr.write(f"{signing.key_file()} has another key.")
        if not options["compromised"]:
            hours = (timedelta(minutes=options["lead"]) + OVERLAP).total_seconds() / 3600
            self.stderr.write(f"It signs in {options['lead']} minutes; the one before is over in {hours:.1f} hours.")
