"""``python -m benchmarks.edition 2021-Q2``: how long all of a published edition takes, made and again from memory.

All: the page and the PDF in three languages, and every table in every format. Run it against a service just started,
whose first pass makes everything; the second reads what was kept.
"""

import argparse
import time

import httpx

LANGUAGES = ("fi", "sv", "en")
_ANSWERS_WITHIN_SECONDS = 120.0


def addresses(client: httpx.Client, quarter: str) -> dict[str, list[str]]:
    """What is asked for, by kind."""
    version = _get(client, f"/v1/editions/{quarter}").json()["version"]
    tables = f"/v1/editions/{quarter}/{version}/tables"
    listed = _get(client, tables).json()
    return {
        "pages": [f"/reviews/{quarter}?lang={language}" for language in LANGUAGES],
        "PDF files": [f"/reviews/{quarter}.pdf?lang={language}" for language in LANGUAGES],
        "tables": [f"{tables}/{it['name']}?format={name}" for it in listed["tables"] for name in listed["formats"]],
    }


def take(client: httpx.Client, paths: list[str]) -> float:
    """Seconds to fetch them one after another."""
    began = time.perf_counter()
    for path in paths:
        _get(client, path)
    return time.perf_counter() - began


def _get(client: httpx.Client, path: str) -> httpx.Response:
    return client.get(path).raise_for_status()


def main() -> None:
    """Print the seconds of both passes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("quarter")
    parser.add_argument("--url", default="http://127.0.0.1:8003", help="reporting_api")
    options = parser.parse_args()
    with httpx.Client(base_url=options.url, timeout=_ANSWERS_WITHIN_SECONDS, trust_env=False) as client:
        asked = addresses(client, options.quarter)
        for name in ("made", "from memory"):
            seconds = {kind: take(client, paths) for kind, paths in asked.items()}
            parts = ", ".join(f"{len(asked[kind])} {kind} {value:.2f} s" for kind, value in seconds.items())
            print(f"{name}: {sum(seconds.values()):.2f} s ({parts})")


if __name__ == "__main__":
    main()
