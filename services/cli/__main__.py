"""``python -m services.cli`` is the ``katsaus`` command."""

from services.cli.main import run

if __name__ == "__main__":
    run()
