"""Tests of reporting_api."""
