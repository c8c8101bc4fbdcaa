"""Rulesets out of a git repository: the files of `REVISION:PATH`, and of what it builds on, as they were committed.

Only objects are read (`ls-tree`, `cat-file`): no hook, filter, attribute or working file has a part in it, and nothing is
fetched.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from hegui import limits
from hegui.files import aside
from hegui.masking import place_without_password
from hegui.ruleset.places import HEADER, NO_HEADER, Place, nothing, portable
from hegui.source import Diagnostic, HeguiError, NoRulesetError, UsageError, Wording, read_source, read_yaml

_NO_GIT = Wording(
    "no-git", "`{text}` names a git revision, and git is not installed", "`{text}` 是 git 版本，但未安装 git"
)
_NO_REPOSITORY = Wording(
    "no-repository",
    "`{text}` names a git revision, and `{folder}` is in no git repository ({problem})",
    "`{text}` 是 git 版本，但 `{folder}` 不在 git 仓库中（{problem}）",
)
_NO_REVISION = Wording(
    "no-such-revision", "there is no revision `{revision}` in this repository", "仓库中没有版本 `{revision}`"
)
_NO_PATH = Wording("not-in-revision", "`{path}` is not in revision `{revision}`", "版本 `{revision}` 中没有 `{path}`")
_ROOTED = Wording(
    "path-from-root",
    "paths count from the root of the repository; from here it is `{revision}:./{path}`",
    "路径从仓库根目录起算；相对当前目录应写作 `{revision}:./{path}`",
)
_OUTSIDE = Wording("outside-repository", "`{path}` is outside the repository", "`{path}` 在仓库之外")
_NOT_PLAIN = Wording(
    "not-a-plain-file",
    "`{path}` is no plain file in revision `{revision}` but a link or a submodule, which is not followed",
    "版本 `{revision}` 中的 `{path}` 不是普通文件，而是链接或子模块，不予跟随",
)
_NAMED = Wording(
    "name-not-portable",
    "`{path}` in revision `{revision}` has a name that not every system can write",
    "版本 `{revision}` 中 `{path}` 的文件名并非所有系统都能写入",
)
_FAILED = Wording("git-failed", "git could not read `{path}`: {problem}", "git 无法读取 `{path}`：{problem}")

_REVISION: Final = re.compile(r"(?P<revision>[^:]+):(?P<path>.*)", re.DOTALL)
_DRIVE: Final = re.compile(r"[A-Za-z]:(?:[\\/]|$)")
_QUIET: Final = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never")
_ENVIRONMENT: Final = {
    "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1", "GIT_PAGER": "cat", "LC_ALL": "C",
}  # fmt: skip
_PLAIN: Final = ("100644", "100755", "100664")


@dataclass(frozen=True)
class Revision:
    """A path in a revision, as a user wrote it."""

    revision: str
    path: str

    @property
    def shown(self) -> str:
        return f"{self.revision}:{self.path}"


def revision_of(text: str) -> Revision | None:
    """The revision and path a text means; None where it means a folder, a file or a shipped ruleset. A path of Windows with
    its drive is none.

    >>> revision_of("main:rulesets/banan")
    Revision(revision='main', path='rulesets/banan')
    >>> revision_of("C:\\\\rules") is None and revision_of("rulesets/banan") is None
    True
    """
    found = _REVISION.fullmatch(text)
    if found is None or _DRIVE.match(text) or (os.name == "nt" and len(found["revision"]) == 1) or Path(text).exists():
        return None
    return Revision(found["revision"], found["path"])


@contextmanager
def checked_out(wanted: Revision) -> Iterator[Place]:
    """The ruleset of a revision in a temporary folder, with what it extends where that lies in the revision too.

    Raises:
        UsageError: git is missing, there is no repository, no such revision or path, or it holds links.
        NoRulesetError: the path is a folder without a ruleset's first file.
    """
    with aside() as folder:
        yield _Tree(wanted, folder / "tree").place()  # so that nothing lies beside the root of the repository


class _Tree:
    """The files of one revision, taken as they are asked for."""

    def __init__(self, wanted: Revision, folder: Path) -> None:
        self.wanted, self.folder = wanted, folder
        folder.mkdir()
        prefix = _git(wanted.shown, "rev-parse", "--show-prefix", no_repository=True)
        self.within = os.fsdecode(prefix).removesuffix("\n")
        # `^{commit}` is not asked for: a tree will do
        found = _run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{wanted.revision}^{{tree}}")
        if found.returncode != 0:
            raise UsageError(Diagnostic(_NO_REVISION, {"revision": wanted.revision}))
        self.tree = found.stdout.decode().strip()

    def place(self) -> Place:
        path = self._resolved(self.wanted.path)
        shown = f"{self.wanted.revision}:{path}"
        self._refuse_headerless(path, shown)
        if not self._take(path):
            raise self._missing(path)
        single = (self.folder / path).is_file()
        if single and PurePosixPath(path).name == HEADER:
            path, single = str(PurePosixPath(path).parent), False
            self._take(path)
        self._take_below(path, single)
        return Place((self.folder / path).resolve(), shown)

    def _refuse_headerless(self, path: str, shown: str) -> None:
        """Refuse a folder that is none of a ruleset, before all that lies below it is taken for one."""
        names = {name for _, _, name in self._listed(path)}
        inside = "" if path == "." else f"{path}/"
        if names and path not in names and f"{inside}{HEADER}" not in names:
            headers = (name.removeprefix(inside).split("/") for name in names)
            below = sorted(steps[0] for steps in headers if len(steps) == 2 and steps[1] == HEADER)
            raise NoRulesetError(nothing(NO_HEADER, shown, None, below))

    def _resolved(self, path: str) -> str:
        """The path from the root of the repository."""
        relative = path.startswith(("./", "../")) or path in (".", "..")
        whole = os.path.normpath(f"{self.within}{path}" if relative else path or ".").replace(os.sep, "/")
        if whole.startswith("../") or whole == ".." or PurePosixPath(whole).is_absolute():
            raise UsageError(Diagnostic(_OUTSIDE, {"path": path}))
        return whole

    def _missing(self, path: str) -> UsageError:
        args: dict[str, object] = {"path": path, "revision": self.wanted.revision}
        near = self.within and self._listed(f"{self.within}{path}")
        return UsageError(Diagnostic(_NO_PATH, args, None, _ROOTED if near else None))

    def _take_below(self, path: str, single: bool) -> None:
        """Take what the ruleset at `path` extends, and what that extends, as far as it is there."""
        seen = {path}
        while (name := self._extends(path, single)) is not None:
            steps = ("..", name) if single or "/" not in name else (name,)
            path = os.path.normpath("/".join((path, *steps))).replace(os.sep, "/")
            if path.startswith("../") and "/" not in name:
                return  # beside the root of the repository: a shipped ruleset is meant
            if path in seen or not self._take(path):
                return
            seen.add(path)
            single = (self.folder / path).is_file()

    def _extends(self, path: str, single: bool) -> str | None:
        """What a ruleset says it extends; problems of the file are the loader's to report."""
        file = self.folder / path if single else self.folder / path / HEADER
        with suppress(HeguiError):
            for document in read_yaml(read_source(file)):
                if isinstance(document.data, dict) and isinstance(document.data.get("extends"), str):
                    return str(document.data["extends"]) or None
        return None

    def _listed(self, path: str) -> list[tuple[str, str, str]]:
        """Mode, object and path of what lies at or below a path."""
        asked = [] if path == "." else ["--", path]
        out = _git(path, "ls-tree", "-r", "-z", "--full-tree", self.tree, *asked)
        entries = [entry.partition("\t") for entry in out.decode("utf-8", "surrogateescape").split("\0") if entry]
        return [(head.split(" ")[0], head.split(" ")[2], name) for head, _, name in entries]

    def _take(self, path: str) -> bool:
        """Write the YAML files at or below a path into the folder; is there anything?"""
        if path.startswith("../"):
            raise UsageError(Diagnostic(_OUTSIDE, {"path": path}))
        listed = self._listed(path)
        wanted = [each for each in listed if each[2] == path or _is_yaml(each[2], path)]
        for mode, _, name in wanted:
            args: dict[str, object] = {"path": name, "revision": self.wanted.revision}
            if mode not in _PLAIN:
                raise UsageError(Diagnostic(_NOT_PLAIN, args))
            if not _safe(name):
                raise UsageError(Diagnostic(_NAMED, args))
        for (_, _, name), content in zip(wanted, _contents([each[1] for each in wanted], path), strict=True):
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        if listed and path != ".":
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                target.mkdir()
        return bool(listed)


def _is_yaml(name: str, below: str) -> bool:
    """Is it a file the loader would read there: hidden ones it leaves alone?"""
    inside = name if below == "." else name.removeprefix(f"{below}/")
    return name.endswith((".yaml", ".yml")) and not any(part.startswith(".") for part in inside.split("/"))


def _safe(name: str) -> bool:
    """Does a name out of a tree stay in the folder it is written to, on every system?"""
    return all(portable(part) for part in name.split("/"))


def _contents(objects: list[str], path: str) -> list[bytes]:
    """What files hold, as committed."""
    out = _git(path, "cat-file", "--batch", given="".join(f"{each}\n" for each in objects).encode())
    found, at = [], 0
    for _ in objects:
        end = out.index(b"\n", at)
        _, sort, size = out[at:end].decode().split(" ") if out[at:end].count(b" ") == 2 else ("", "missing", "0")
        if sort != "blob" or int(size) > limits.YAML_BYTES:
            raise UsageError(Diagnostic(_FAILED, {"path": path, "problem": f"{sort}, {size} bytes"}))
        found.append(out[end + 1 : end + 1 + int(size)])
        at = end + 2 + int(size)
    return found


def _git(shown: str, *arguments: str, given: bytes = b"", no_repository: bool = False) -> bytes:
    done = _run(*arguments, given=given, shown=shown)
    if done.returncode != 0:
        problem = (done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"{done.returncode}"])[0]
        problem = problem.removeprefix("fatal: ")
        if no_repository:
            raise UsageError(
                Diagnostic(
                    _NO_REPOSITORY, {"text": place_without_password(shown), "folder": Path.cwd(), "problem": problem}
                )
            )
        raise UsageError(Diagnostic(_FAILED, {"path": shown, "problem": problem}))
    return done.stdout


def _run(*arguments: str, given: bytes = b"", shown: str = "") -> subprocess.CompletedProcess[bytes]:
    command = ["git", "--no-pager", "--no-replace-objects", *_QUIET, *arguments]
    try:
        return subprocess.run(  # noqa: S603  (no shell; the one word a user gives is behind --end-of-options or --)
            command, input=given, capture_output=True, env={**os.environ, **_ENVIRONMENT}, check=False
        )
    except FileNotFoundError as error:
        raise UsageError(Diagnostic(_NO_GIT, {"text": place_without_password(shown)})) from error
