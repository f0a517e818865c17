"""`python -m auditor`, for places where the console script is not on the path."""

from auditor.cli import main

if __name__ == "__main__":
    main()
