"""What can be wrong with a request to notification-service, by the fact, with the status and code that is answered."""

from servicekit.problems import Problem


class NoticeNotFound(Problem):
    """No such notice, or it is in somebody else's inbox: the answer is the same, so that ids cannot be probed."""

    status = 404
    code = "notice_not_found"
    title = "There is no such notice in your inbox"
