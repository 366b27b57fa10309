"""The ways to reach somebody outside the inbox. Each channel sends one delivery or says whether trying again helps."""


class DeliveryFailure(Exception):
    """A delivery that did not get through; `code` is stable and holds nothing that the other side wrote."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TemporaryFailure(DeliveryFailure):
    """The same delivery may get through later."""


class PermanentFailure(DeliveryFailure):
    """The same delivery will never get through."""
