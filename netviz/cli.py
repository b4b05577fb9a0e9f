"""The console script ``netviz``: Django's command dispatcher under the product's name."""

import os
import sys

from django.core.management import ManagementUtility


def main(argv: list[str] | None = None) -> None:
    """Run the command named by ``argv``, by default the process's own arguments.

    ``netviz serve``, ``python manage.py serve`` and ``python -m netviz.cli serve`` are the same;
    usage texts say ``netviz``. Leaves through :class:`SystemExit` when the command fails.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "netviz.settings")
    arguments = sys.argv[1:] if argv is None else argv
    utility = ManagementUtility(["netviz", *arguments])
    utility.execute()


if __name__ == "__main__":
    main()
