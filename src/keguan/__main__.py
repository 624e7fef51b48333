"""`python -m keguan`: the command line where the `keguan` script is not on the path."""

from keguan.cli import main

if __name__ == "__main__":
    main()
