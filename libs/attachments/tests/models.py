from attachments.models import AbstractAttachment


class Paper(AbstractAttachment):
    """Something with a file."""
