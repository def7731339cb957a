"""Answers that wait: from devices that are not registered or assigned, and from points that are not mapped."""
