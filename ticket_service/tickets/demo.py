"""The tickets of a demonstration: of every category one, and of two people."""

from typing import Any

# What marks them, so that a second run finds them.
TAG = "demo"

# User name of the seeded requester -> what they file.
TICKETS: dict[str, list[dict[str, Any]]] = {
    "employee": [
        {
            "subject": "Laptop does not start",
            "description": "The screen has been black since the update of this morning.",
            "category": "it-support",
            "sub_category": "hardware",
            "priority": "High",
        },
        {
            "subject": "Projector for a customer meeting",
            "description": "We need a projector for two days.",
            "category": "asset-check-out",
            "custom_fields": {"asset_name": "Projector", "location": "Room 2.14"},
        },
        {
            "subject": "Training budget",
            "description": "A course for two people, with the journey.",
            "category": "budget-proposal",
            "custom_fields": {
                "amount": "2400",
                "cost_items": [{"name": "Course", "amount": "1800"}, {"name": "Journey", "amount": "600"}],
            },
        },
    ],
    "employee2": [
        {
            "subject": "No access to the shared drive",
            "description": "Since I changed departments.",
            "category": "it-support",
            "sub_category": "access",
            "priority": "Critical",
        },
        {
            "subject": "Tablet returned",
            "description": "It lies at the reception.",
            "category": "asset-check-in",
            "custom_fields": {"asset_name": "Tablet", "serial": "TB-2207"},
        },
        {
            "subject": "Chair squeaks",
            "description": "It can wait.",
            "category": "general",
            "priority": "Low",
        },
    ],
}
