"""`python -m episodeck` and the `episodeck` command."""

from .cli import main

if __name__ == "__main__":
    main()
