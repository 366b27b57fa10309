"""What can be wrong with a request to notification-service, by the fact, with the status and code that is answered."""

from servicekit.problems import Problem


class NoticeNotFound(Problem):
    """No such notice, or it is in somebody else's inbox: the answer is the same, so that ids cannot be probed."""

    status = 404
    code = "notice_not_found"
    title = "There is no such notice in your inbox"


class SnoozeInThePast(Problem):
    """A notice is put off until a time that is still to come."""

    status = 422
    code = "snooze_in_the_past"
    title = "The time until which to put this off has passed"


class KindNotFound(Problem):
    """No such kind of notice on such a channel, or none that this person is ever told of."""

    status = 404
    code = "kind_not_found"
    title = "There is no such kind of notice on this channel"


class ChannelFixed(Problem):
    """What people must learn, such as that work is theirs, cannot be muted, gathered or put off."""

    status = 409
    code = "channel_fixed"
    title = "This kind of notice always comes on this channel"


class DecisionNotFound(Problem):
    """Nothing was decided for this event and person, or the caller may not know."""

    status = 404
    code = "decision_not_found"
    title = "Nothing is known here about this event and person"


class EndpointNotFound(Problem):
    """No such webhook or room."""

    status = 404
    code = "endpoint_not_found"
    title = "There is no such endpoint"


class DeliveryNotFound(Problem):
    """No such delivery."""

    status = 404
    code = "delivery_not_found"
    title = "There is no such delivery"


class DeliveryUnderway(Problem):
    """It has not come to an end yet: it is still going to be sent."""

    status = 409
    code = "delivery_underway"
    title = "This delivery is still going to be sent by itself"


class SuppressionNotFound(Problem):
    """No such address is suppressed."""

    status = 404
    code = "suppression_not_found"
    title = "There is no such suppressed address"


class TokenInvalid(Problem):
    """The link was not made here, or not as it is now."""

    status = 404
    code = "unsubscribe_token_invalid"
    title = "This link is not valid"


class ProviderNotFound(Problem):
    """No such provider of e-mail, or nothing is set here by which its reports could be told from anybody's."""

    status = 404
    code = "provider_not_found"
    title = "There is no such provider of e-mail"


class ReportRefused(Problem):
    """A report about e-mails without the secret or the signature of the provider."""

    status = 403
    code = "report_refused"
    title = "This report does not come from the provider"


class ReportUnreadable(Problem):
    """A report in a form that the provider is not known to use."""

    status = 400
    code = "report_unreadable"
    title = "This is no report of the provider's"


class TemplateNotFound(Problem):
    """No such kind of notice on such a channel."""

    status = 404
    code = "template_not_found"
    title = "There is no such template"


class TemplateInvalid(Problem):
    """The words cannot be filled in: a tag or filter that is not known, one that is not closed, loops in loops."""

    status = 422
    code = "template_invalid"
    title = "A template knows if, for (but not within another) and comment, and some filters"
