"""The cheapest Django that answers: what every figure of bench/http_cost.py is a multiple of."""
