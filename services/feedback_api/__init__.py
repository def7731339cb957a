"""feedback_api: written feedback and ombudsman contacts, from intake to closing."""
