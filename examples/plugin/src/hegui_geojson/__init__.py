"""An example of a plugin for hegui: a module for each thing it adds. See README.md."""
