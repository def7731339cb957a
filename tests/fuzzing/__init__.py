"""Schemathesis against the running services: what the OpenAPI documents say is what the services do."""
