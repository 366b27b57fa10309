"""The categories that a new installation offers."""

from typing import TypedDict


class CategorySeed(TypedDict):
    """A category with its sub-categories by slug."""

    name: str
    sub_categories: dict[str, str]


CATEGORIES: dict[str, CategorySeed] = {
    "it-support": {
        "name": "IT Support",
        "sub_categories": {"hardware": "Hardware", "software": "Software", "network": "Network", "access": "Access"},
    },
    "asset-check-out": {"name": "Asset Check Out", "sub_categories": {}},
    "asset-check-in": {"name": "Asset Check In", "sub_categories": {}},
    "budget-proposal": {"name": "New Budget Proposal", "sub_categories": {}},
    "general": {"name": "General", "sub_categories": {}},
}
