"""Who may call the routes about people; whom they see there is the selectors' matter."""

from jwtauth.permissions import IsStaff, has_role

AdministersPeople = has_role("tts:admin", "hdts:admin")
SeesPeople = IsStaff | has_role("hdts:admin")
