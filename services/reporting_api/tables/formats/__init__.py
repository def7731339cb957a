"""The formats a table leaves in. In each of them absent, hidden and nought are three different things."""
