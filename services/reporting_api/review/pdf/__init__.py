"""The review as a PDF that everyone can read: tagged, described and named as PDF/UA-1 asks."""
