"""Run the tool as ``python -m shiplabel``."""

from shiplabel.cli.app import main

if __name__ == "__main__":
    main()
