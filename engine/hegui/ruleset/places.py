"""Where rulesets are: from a path or name to their files, and from one to the ruleset it builds on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Final

from hegui.masking import place_without_password
from hegui.source import Diagnostic, NoRulesetError, Span, Wording
from hegui.vocabulary.naming import suggestion

HEADER: Final = "ruleset.yaml"
"""The file that makes a folder a ruleset."""

TESTS: Final = "tests"
"""The folder of a ruleset that is no part of it: its tests and their registries (`assure.registries`)."""

_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows, in every folder and whatever ending they have."""

_NO_RULESET = Wording("no-such-ruleset", "there is no ruleset `{name}`", "没有规则集 `{name}`")
NO_HEADER = Wording(
    "no-ruleset-yaml", "the folder `{name}` has no `ruleset.yaml`", "文件夹 `{name}` 中没有 `ruleset.yaml`"
)

_SLASHES = Wording("write-slashes", "write the path with `/`", "路径请用 `/` 书写")


@dataclass(frozen=True)
class Place:
    """A ruleset on disk: its folder or single file, and the path it goes by in messages."""

    path: Path
    shown: str

    @property
    def single(self) -> bool:
        return self.path.is_file()

    def files(self) -> list[tuple[Path, str]]:
        """Its files, `ruleset.yaml` first, then in order of their path below the folder, each with that path (empty
        for a single file). Those that end in `.yml` are among them."""
        if self.single:
            return [(self.path, "")]
        below = sorted(files_below(self.path), key=lambda text: (text != HEADER, text.split("/")))
        return [(self.path / relative, relative) for relative in below]

    def neighbour(self, name: str) -> Place:
        """The ruleset `name` beside this one, or at the relative path `name`."""
        beside = self.single or not _is_path(name)
        steps = ("..", name) if beside else (name,)
        shown = os.path.normpath(os.path.join(self.shown, *steps)).replace(os.sep, "/")
        return Place(Path(os.path.normpath(self.path.joinpath(*steps))), shown)


def shelves() -> list[Path]:
    """The folders shipped rulesets are looked for in: inside the package, and beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    return [shelf for shelf in (package / "rulesets", package.parent.parent / "rulesets") if shelf.is_dir()]


def shipped() -> list[str]:
    """The names of the rulesets that come with hegui, sorted."""
    return sorted({folder.name for shelf in shelves() for folder in shelf.iterdir() if (folder / HEADER).is_file()})


def find(name: str) -> Path:
    """The folder of a shipped ruleset.

    Raises:
        NoRulesetError: there is none of that name.
    """
    for shelf in shelves():
        if not _is_path(name) and (shelf / name / HEADER).is_file():
            return shelf / name
    raise NoRulesetError(nothing(_NO_RULESET, name, None, []))


def locate(path_or_name: str | Path) -> Place:
    """The ruleset meant by what a user wrote: a folder, a file, or the name of a shipped ruleset.

    Raises:
        NoRulesetError: there is no such ruleset.
    """
    path = Path(path_or_name)
    shown = os.path.normpath(path).replace(os.sep, "/")
    if path.is_file():
        folder = path.name == HEADER
        path, shown = (path.parent, os.path.dirname(shown) or ".") if folder else (path, shown)
        return Place(path.resolve(), shown)
    if (path / HEADER).is_file():
        return Place(path.resolve(), shown)
    if path.is_dir() and (_is_path(str(path_or_name)) or str(path_or_name) not in shipped()):
        raise NoRulesetError(nothing(NO_HEADER, shown, None, rulesets_below(path)))
    if "\\" in str(path_or_name):
        raise NoRulesetError(
            Diagnostic(_NO_RULESET, {"name": place_without_password(str(path_or_name))}, None, _SLASHES)
        )
    return Place(find(str(path_or_name)).resolve(), str(path_or_name))


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name in (".", "..")


def rulesets_below(folder: Path) -> list[str]:
    """The names of the rulesets in a folder, sorted."""
    return sorted(child.name for child in folder.iterdir() if (child / HEADER).is_file())


def nothing(wording: Wording, name: str, span: Span | None, near: list[str]) -> Diagnostic:
    """The diagnostic for a ruleset that is not there; `near` are names beside the shipped ones that may be meant."""
    hint, known = suggestion(name, [*near, *shipped()])
    return Diagnostic(wording, {"name": place_without_password(name), "known": known}, span, hint)


def following(name: str, place: Place) -> Place | None:
    """The ruleset that `extends: name` means in the one at `place`; None where there is none."""
    if not _relative(name):
        return None
    beside = place.neighbour(name)
    if is_ruleset_file(beside.path / HEADER) or is_ruleset_file(beside.path):
        return Place(beside.path.resolve(), beside.shown)
    try:
        return Place(find(name).resolve(), name)
    except NoRulesetError:
        return None


def is_ruleset_file(path: Path) -> bool:
    """May a file be read as one of a ruleset? Only what is called `*.yaml` and is a plain file, whatever it is that a link or
    `extends` of that name leads to: a ruleset somebody sent shows nothing else of the machine it is read on."""
    try:
        return path.resolve().suffix == ".yaml" and path.is_file()
    except (ValueError, OSError, RuntimeError):  # a zero character, too long, links that go round
        return False


def _relative(name: str) -> bool:
    """Is a path told from where it is written, on every system?"""
    return not (name.startswith("/") or PureWindowsPath(name).drive or PureWindowsPath(name).root)


def portable(name: str) -> bool:
    """Can a file be called so on every system, and be in the folder it is written to?

    >>> portable("rules.yaml"), portable("con.yaml"), portable("rules."), portable("a:b"), portable("..")
    (True, False, False, False, False)
    """
    written = name.encode("utf-8", "replace").decode() == name
    return written and not (
        name in ("", ".", "..") or name[-1] in ". " or set(name) & set("\\/:\0") or _DEVICE.fullmatch(name)
    )


def files_below(folder: Path) -> Iterator[str]:
    """The YAML files below a folder as relative paths; hidden files and folders, and its tests, are left alone. A link of
    such a name is among them wherever it leads: nobody is to think that it is read."""
    for parent, folders, names in os.walk(folder):
        tests = TESTS if parent == os.fspath(folder) else None
        folders[:] = [name for name in folders if not name.startswith(".") and name != tests]
        for name in (*names, *(each for each in folders if os.path.islink(os.path.join(parent, each)))):
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                yield Path(parent, name).relative_to(folder).as_posix()
