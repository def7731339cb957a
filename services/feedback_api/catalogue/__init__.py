"""The catalogue for forms: types, topics, units and channels."""
