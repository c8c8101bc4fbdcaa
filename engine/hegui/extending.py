"""What other packages add to hegui: readers, formats, functions and engines, found by their entry points.

A package names what it adds in its `pyproject.toml`; `docs/plugins.md` says how. Nothing is looked for before somebody names
something hegui itself has not, and nothing is imported before it is used. What comes with hegui cannot be replaced.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

from hegui.source import Diagnostic, HeguiError, PluginError, Wording

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Group = Literal["readers", "formats", "functions", "engines"]

_PREFIX: Final = "hegui."
_TAKEN = Wording(
    "plugin-taken",
    "the plugin `{distribution}` adds `{name}` to {group}, which hegui has itself",
    "插件 `{distribution}` 向 {group} 添加了 hegui 自带的 `{name}`",
)
_TWICE = Wording(
    "plugin-twice",
    "the plugins `{first}` and `{distribution}` both add `{name}` to {group}",
    "插件 `{first}` 和 `{distribution}` 都向 {group} 添加了 `{name}`",
)
_UNINSTALL = Wording(
    "plugin-uninstall",
    "`pip uninstall {distribution}`, or tell its authors",
    "请执行 `pip uninstall {distribution}`，或告知其作者",
)
_NOT_LOADED = Wording(
    "plugin-not-loaded",
    "`{name}` of the plugin `{distribution}` {version} ({value}) does not load: {problem}",
    "插件 `{distribution}` {version} 的 `{name}`（{value}）无法载入：{problem}",
)
_RAISED = Wording(
    "plugin-raised",
    "`{name}` of the plugin `{distribution}` {version} failed: {problem}",
    "插件 `{distribution}` {version} 的 `{name}` 出错：{problem}",
)
_OTHER = Wording(
    "plugin-other",
    "`{name}` of the plugin `{distribution}` {version} is not what it should be: {problem}",
    "插件 `{distribution}` {version} 的 `{name}` 不符合要求：{problem}",
)


@dataclass(frozen=True, slots=True)
class Plugin:
    """Something a package adds: the group and the name it adds it under, the distribution and its version, and where in it
    that is (`module:object`)."""

    group: Group
    name: str
    distribution: str
    version: str
    value: str


def every(group: Group) -> tuple[Plugin, ...]:
    """All that installed packages add to a group, by name, and what cannot be used among it."""
    return tuple(plugin for plugin, _ in _installed(group, tuple(sys.path)))


def names(group: Group, taken: Collection[str]) -> list[str]:
    """The names installed packages add to a group; `taken` are those hegui has itself, which nobody else can have."""
    return sorted({each.name for each in every(group)} - set(taken))


def plugin(group: Group, name: str, taken: Collection[str]) -> Plugin | None:
    """What an installed package adds to a group under a name; None where none does.

    Raises:
        PluginError: the name is taken, or two packages add it.
    """
    found = [each for each in every(group) if each.name == name]
    for problem in problems(group, taken, found):
        raise PluginError(problem)
    return found[0] if found else None


def problems(group: Group, taken: Collection[str], among: Collection[Plugin] | None = None) -> list[Diagnostic]:
    """Why plugins of a group cannot be used: their name is taken, or two packages add it."""
    found: list[Diagnostic] = []
    first: dict[str, Plugin] = {}
    for each in every(group) if among is None else among:
        if each.name in taken:
            found += _refused(_TAKEN, each).diagnostics
        elif each.name in first:
            found += _refused(_TWICE, each, first=first[each.name].distribution).diagnostics
        first.setdefault(each.name, each)
    return found


@cache
def loaded(plugin: Plugin) -> Any:
    """The object a plugin adds, imported when it is first asked for.

    Raises:
        PluginError: it cannot be imported, with what was raised as its cause.
    """
    entries = (entry for each, entry in _installed(plugin.group, tuple(sys.path)) if each == plugin)
    try:
        return next(entries).load()
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except (
        BaseException
    ) as error:  # a module of somebody else's may raise anything as it is imported, or end the process
        raise _refused(_NOT_LOADED, plugin, problem=_told(error)) from error


@contextmanager
def blamed(plugin: Plugin, *own: type[Exception]) -> Iterator[None]:
    """Whatever the code of a plugin raises, as an error that names it; errors of hegui's, and those that are its `own` way
    of saying something, pass.

    Raises:
        PluginError: it raised something else, which is the cause.
    """
    try:
        yield
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except (
        BaseException
    ) as error:  # somebody else's code: there is no telling what it raises, and `sys.exit` is no way out
        if isinstance(error, (HeguiError, *own)):
            raise
        raise failed(plugin, error) from error


def failed(plugin: Plugin, error: BaseException) -> PluginError:
    """The error for a plugin that raised something."""
    return _refused(_RAISED, plugin, problem=_told(error))


def misfit(plugin: Plugin, problem: str) -> PluginError:
    """The error for a plugin that is not what it should be, or gives something else than it should."""
    return _refused(_OTHER, plugin, problem=problem)


def normal(distribution: str) -> str:
    """The name of a distribution as installers compare it.

    >>> normal("Hegui_Example.Plugin")
    'hegui-example-plugin'
    """
    return "-".join(part for part in distribution.replace("_", "-").replace(".", "-").lower().split("-") if part)


def version_of(distribution: str) -> str | None:
    """The version of an installed distribution; None where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


@cache
def _installed(group: Group, path: tuple[str, ...]) -> tuple[tuple[Plugin, EntryPoint], ...]:
    """What is installed on a path, sorted; looking through it takes some milliseconds, so it is done once."""
    from importlib.metadata import entry_points

    found: dict[Plugin, EntryPoint] = {}
    for entry in entry_points(group=_PREFIX + group):
        own = entry.dist
        name, version = (normal(own.name), own.version) if own is not None else ("?", "?")
        found[Plugin(group, entry.name, name, version, entry.value)] = entry
    return tuple(sorted(found.items(), key=lambda item: (item[0].name, item[0].distribution, item[0].value)))


def _refused(wording: Wording, plugin: Plugin, **more: object) -> PluginError:
    args: dict[str, object] = {name: getattr(plugin, name) for name in ("name", "distribution", "version", "value")}
    args |= {"group": _PREFIX + plugin.group, **more}
    return PluginError(Diagnostic(wording, args, None, _UNINSTALL if wording in (_TAKEN, _TWICE) else None))


def _told(error: BaseException) -> str:
    text = (str(error).strip().splitlines() or [""])[0][:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
