"""The ways to reach somebody outside the inbox, one module each, all with one interface:

`send(delivery) -> str` hands one delivery over once and answers a stable code such as `smtp_250` or `http_200`; or it
raises `TemporaryFailure` (the same may get through later) or `PermanentFailure` (it never will).
"""


class DeliveryFailure(Exception):
    """A delivery that did not get through; `code` is stable and holds nothing that the other side wrote."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TemporaryFailure(DeliveryFailure):
    """The same delivery may get through later."""


class PermanentFailure(DeliveryFailure):
    """The same delivery will never get through; where `bounced`, nor will any other to this address."""

    def __init__(self, code: str, *, bounced: bool = False) -> None:
        super().__init__(code)
        self.bounced = bounced


class OutcomeUnknown(TemporaryFailure):
    """The other side may have taken it: the same once more could be a second one."""
