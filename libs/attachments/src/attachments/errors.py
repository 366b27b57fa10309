"""Why a file is not taken or not given."""

from servicekit.problems import Problem

# How a store says that it cannot, a disk or, where its client is installed, S3.
try:
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
except ImportError:
    STORE_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    STORE_ERRORS = (OSError, BotoCoreError, ClientError)


class AttachmentTooLarge(Problem):
    """More bytes than `settings.ATTACHMENT_MAX_BYTES`."""

    status, code, title = 413, "attachment_too_large", "The file is too large."


class AttachmentTypeNotAllowed(Problem):
    """Something that runs, or that a browser would run, on the computer of whoever opens it."""

    status, code, title = 415, "attachment_type_not_allowed", "Files of this type are not taken."


class AttachmentInfected(Problem):
    """The virus scanner has found something in it."""

    status, code, title = 422, "attachment_infected", "The file carries malware and is not taken."


class AttachmentNotScanned(Problem):
    """The virus scanner does not answer, or could not look at the file; it is not taken unseen."""

    status, code, title = 503, "attachment_not_scanned", "Files cannot be scanned at the moment."


class AttachmentUnavailable(Problem):
    """The store does not answer or has lost the bytes; the row is there."""

    status, code, title = 503, "attachment_unavailable", "The store of files does not answer at the moment."
