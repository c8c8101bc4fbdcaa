"""`python -m hegui` is `hegui`."""

from hegui.cli import main

main(prog_name="hegui")
