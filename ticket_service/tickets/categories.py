"""The categories that a new installation offers."""

from typing import TypedDict

from tickets.custom_fields import FieldSpec


class CategorySeed(TypedDict):
    """A category with its sub-categories by slug and its custom fields."""

    name: str
    sub_categories: dict[str, str]
    custom_fields: list[FieldSpec]


_ASSET: list[FieldSpec] = [
    {"name": "asset_name", "label": "Asset name", "type": "text", "required": True},
    {"name": "serial", "label": "Serial number", "type": "text", "required": False},
    {"name": "location", "label": "Location", "type": "text", "required": False},
]
_RETURN: FieldSpec = {"name": "return_date", "label": "Return date", "type": "date", "required": False}
_BUDGET: list[FieldSpec] = [
    {"name": "amount", "label": "Amount", "type": "amount", "required": True},
    {"name": "cost_items", "label": "Cost items", "type": "items", "required": False},
    {"name": "period", "label": "Period", "type": "period", "required": False},
]

CATEGORIES: dict[str, CategorySeed] = {
    "it-support": {
        "name": "IT Support",
        "sub_categories": {"hardware": "Hardware", "software": "Software", "network": "Network", "access": "Access"},
        "custom_fields": [],
    },
    "asset-check-out": {"name": "Asset Check Out", "sub_categories": {}, "custom_fields": [*_ASSET, _RETURN]},
    "asset-check-in": {"name": "Asset Check In", "sub_categories": {}, "custom_fields": _ASSET},
    "budget-proposal": {"name": "New Budget Proposal", "sub_categories": {}, "custom_fields": _BUDGET},
    "general": {"name": "General", "sub_categories": {}, "custom_fields": []},
}
