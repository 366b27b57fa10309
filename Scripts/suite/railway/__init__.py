"""Deploying to Railway: its GraphQL API, the deployment with its way back, and the log of deployments."""
