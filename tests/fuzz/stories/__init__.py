"""For each service, a few stories whose calls are answered with 2xx: fuzzing alone does not find its way that deep."""
