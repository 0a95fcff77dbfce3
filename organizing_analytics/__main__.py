"""`python -m organizing_analytics` is `oa`."""

from organizing_analytics.cli import main

if __name__ == "__main__":
    main()
