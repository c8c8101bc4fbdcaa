"""`plugins:` of a ruleset: the packages whose functions its conditions use."""

from __future__ import annotations

from typing import Final

from hegui import extending
from hegui.ruleset.layers import Chain
from hegui.ruleset.problems import Problems
from hegui.source import Diagnostic, Wording

_NOT_INSTALLED: Final = Wording(
    "plugin-not-installed",
    "the plugin `{name}`, whose functions the ruleset uses, is not installed",
    "规则集所用的插件 `{name}` 未安装",
)
_INSTALL: Final = Wording("install-it", "`pip install {name}`", "请执行 `pip install {name}`")


def build_plugins(chain: Chain, problems: Problems) -> tuple[str, ...]:
    """The distributions all layers name, sorted; each must be installed."""
    found: set[str] = set()
    for layer in chain.layers:
        for index, name in enumerate(layer.header.plugins if layer.header is not None else ()):
            found.add(extending.normal(name))
            if extending.version_of(name) is None:
                assert layer.document is not None
                span = layer.document.span(("plugins", index))
                problems.items.append(Diagnostic(_NOT_INSTALLED, {"name": name}, span, _INSTALL))
    return tuple(sorted(found))
