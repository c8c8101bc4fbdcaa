"""Text → syntax tree: CEL's grammar without bytes, maps, indexing and null.

Binding powers and spellings come from the operator table. One mistake stops the parse: what follows it cannot be
trusted to mean anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from hegui import limits
from hegui.language.extent import too_high
from hegui.language.operators import NAMESPACES, rows, spellings
from hegui.language.tree import Call, Choice, Items, Literal, Member, Name, Offsets, Syntax
from hegui.source import Wording
from hegui.units import known

_EXPECTED = Wording("expected", "expected {wanted}, found {found}", "此处应为{wanted}，实际为{found}")
_CHARACTER = Wording("unexpected-character", "unexpected character `{char}`", "无法识别的字符 `{char}`")
_STRING = Wording("unclosed-text", "text is not closed", "文本缺少结束引号")
_ESCAPE = Wording("bad-escape", "unknown escape `{escape}` in a text", "文本中有未知转义 `{escape}`")
_NUMBER = Wording("bad-number", "number `{text}` is out of range", "数字 `{text}` 超出范围")
_EMPTY = Wording("empty-condition", "the condition is empty", "条件为空")
_LONG = Wording("condition-size", "the condition is longer than {limit} characters", "条件超过 {limit} 个字符")
_DEEP = Wording("condition-depth", "nested deeper than {limit} levels", "嵌套超过 {limit} 层")
_TERMS = Wording(
    "condition-terms",
    "more than {limit} terms joined by `{sign}`; is it one value of a list that is asked for: `x in [a, b]`?",
    "由 `{sign}` 连接的项超过 {limit} 个；若是判断取值是否在列表中，可写 `x in [a, b]`",
)
_SINGLE = Wording("use-double", "`{text}` is no operator; write `{instead}`", "`{text}` 不是运算符，应写作 `{instead}`")
_WORD = Wording("use-symbol", "`{text}` is no operator; write `{instead}`", "`{text}` 不是运算符，应写作 `{instead}`")
_PARAMETER = Wording(
    "make-it-a-parameter",
    'a number with a unit is a parameter: `param("…")`',
    '带单位的数值应设为参数：`param("…")`',
)
_RESERVED = Wording("reserved-word", "`{text}` is not part of the language", "`{text}` 不属于本条件语言")

_SYMBOLS: Final = tuple(
    sorted(
        {*spellings("infix"), *spellings("prefix"), "?", ":", "(", ")", "[", "]", ",", "."} - {"in"},
        key=len,
        reverse=True,
    )
)
_TOKEN: Final = re.compile(
    r"(?P<space>[ \t\r\n]+|//[^\n]*)"
    r"|(?P<number>(?:[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|[0-9]+))"
    r"|(?P<string>[rR]?(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'))"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<symbol>" + "|".join(re.escape(symbol) for symbol in _SYMBOLS) + ")"
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "`": "`", "?": "?"}
_ESCAPED: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_INSTEAD: Final = {
    "=": "==",
    "&": "&&",
    "|": "||",
    "<>": "!=",
    "，": ",",
    "（": "(",
    "）": ")",
    "“": '"',
    "”": '"',
    "＞": ">",
    "＜": "<",
}
_INSTEAD_WORDS: Final = {"and": "&&", "or": "||", "not": "!"}


class ConditionSyntaxError(Exception):
    """The text is no condition; `start` and `end` are character offsets into it."""

    def __init__(self, wording: Wording, start: int, end: int, hint: Wording | None = None, /, **args: object) -> None:
        super().__init__(wording.en.format(**args))
        self.wording, self.start, self.end, self.hint, self.args_ = wording, start, end, hint, args


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def parse(text: str) -> Syntax:
    """Parse one condition.

    Raises:
        ConditionSyntaxError: with the place of the mistake.

    >>> parse("a.b > 1").spelling
    '>'
    """
    if len(text) > limits.CONDITION_LENGTH:
        raise ConditionSyntaxError(_LONG, 0, 1, limit=limits.CONDITION_LENGTH)
    syntax = _Parser(text, _tokens(text)).whole()
    if (part := too_high(syntax)) is not None:
        raise ConditionSyntaxError(_DEEP, *part.at, limit=limits.CONDITION_HEIGHT)
    return syntax


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _bad_character(text, at)
        kind = match.lastgroup or ""
        if kind != "space":
            tokens.append(_Token(kind, match.group(), at, match.end()))
        at = match.end()
    tokens.append(_Token("end", "", len(text), len(text)))
    return tokens


def _bad_character(text: str, at: int) -> ConditionSyntaxError:
    char = text[at]
    if char in "\"'":
        return ConditionSyntaxError(_STRING, at, len(text))
    if char in _INSTEAD:
        return ConditionSyntaxError(_SINGLE, at, at + 1, text=char, instead=_INSTEAD[char])
    unit = char.isalpha() and re.search(r"[0-9] *\Z", text[:at]) is not None
    hint = _PARAMETER if unit else None
    return ConditionSyntaxError(_CHARACTER, at, at + 1, hint, char=char if char.isprintable() else f"U+{ord(char):04X}")


class _Parser:
    """Precedence climbing over the token list."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    # tokens

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.now
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def is_symbol(self, *texts: str) -> bool:
        return self.now.kind == "symbol" and self.now.text in texts

    def expect(self, symbol: str) -> _Token:
        if not self.is_symbol(symbol):
            raise self.fault(f"`{symbol}`")
        return self.take()

    def fault(self, wanted: str) -> ConditionSyntaxError:
        token = self.now
        if token.kind == "name" and token.text in _INSTEAD_WORDS:
            return ConditionSyntaxError(
                _WORD, token.start, token.end, text=token.text, instead=_INSTEAD_WORDS[token.text]
            )
        found = f"`{token.text}`" if token.text else "the end"
        end, hint = max(token.end, token.start + 1), _PARAMETER if self.is_unit() else None
        return ConditionSyntaxError(_EXPECTED, token.start, end, hint, wanted=wanted, found=found)

    def is_unit(self) -> bool:
        """Does a unit stand here, right behind a number?"""
        number = self.at > 0 and self.tokens[self.at - 1].kind == "number"
        return number and self.now.kind == "name" and known(self.now.text)

    # grammar

    def whole(self) -> Syntax:
        if self.now.kind == "end":
            raise ConditionSyntaxError(_EMPTY, 0, max(len(self.text), 1))
        result = self.choice()
        if self.now.kind != "end":
            raise self.fault("an operator")
        return result

    def choice(self) -> Syntax:
        self.depth += 1
        if self.depth > limits.CONDITION_NESTING:
            raise ConditionSyntaxError(_DEEP, self.now.start, self.now.end, limit=limits.CONDITION_NESTING)
        test = self.infix(0)
        if self.is_symbol("?"):
            self.take()
            then = self.choice()
            self.expect(":")
            otherwise = self.choice()
            test = Choice(test, then, otherwise, (_start(test), _end(otherwise)))
        self.depth -= 1
        return test

    def infix(self, power: int) -> Syntax:
        left = self.prefix()
        while (found := self._infix_power()) is not None and found > power:
            token = self.take()
            left = _joined(left, token, self.infix(found))
        return left

    def _infix_power(self) -> int | None:
        if self.now.kind == "symbol" or (self.now.kind == "name" and self.now.text == "in"):
            candidates = rows("infix", self.now.text)
            return candidates[0].power if candidates else None
        return None

    def prefix(self) -> Syntax:
        signs: list[_Token] = []
        while self.now.kind == "symbol" and rows("prefix", self.now.text):
            signs.append(self.take())
            if len(signs) > limits.CONDITION_NESTING:
                raise ConditionSyntaxError(_DEEP, self.now.start, self.now.end, limit=limits.CONDITION_NESTING)
        if signs and signs[-1].text == "-" and self.now.kind == "number":
            sign = signs.pop()
            result: Syntax = self.members(self.number(sign))
        else:
            result = self.members(self.primary())
        for sign in reversed(signs):
            result = Call("prefix", sign.text, None, (result,), (sign.start, sign.end), (sign.start, _end(result)))
        return result

    def members(self, target: Syntax) -> Syntax:
        while self.is_symbol("."):
            self.take()
            name = self.identifier()
            if self.is_symbol("("):
                args, end = self.arguments()
                target = self._member_call(target, name, args, end)
            else:
                target = Member(target, name.text, (name.start, name.end), (_start(target), name.end))
        return target

    def _member_call(self, target: Syntax, name: _Token, args: tuple[Syntax, ...], end: int) -> Syntax:
        if isinstance(target, Name) and target.name in NAMESPACES:
            spelling = f"{target.name}.{name.text}"
            return Call("function", spelling, None, args, (target.at[0], name.end), (target.at[0], end))
        return Call("method", name.text, target, args, (name.start, name.end), (_start(target), end))

    def primary(self) -> Syntax:
        token = self.now
        if token.kind == "number":
            return self.number(None)
        if token.kind == "string":
            self.take()
            return Literal(_unquote(token), (token.start, token.end))
        if token.kind == "name":
            return self.name()
        if self.is_symbol("("):
            self.take()
            inside = self.choice()
            self.expect(")")
            return inside
        if self.is_symbol("["):
            start = self.take().start
            items = self.sequence("]")
            return Items(items, (start, self.tokens[self.at - 1].end))
        raise self.fault("a value")

    def name(self) -> Syntax:
        token = self.identifier()
        if token.text in ("true", "false"):
            return Literal(token.text == "true", (token.start, token.end))
        if token.text == "null":
            raise ConditionSyntaxError(_RESERVED, token.start, token.end, text=token.text)
        if self.is_symbol("("):
            args, end = self.arguments()
            return Call("function", token.text, None, args, (token.start, token.end), (token.start, end))
        return Name(token.text, (token.start, token.end))

    def identifier(self) -> _Token:
        if self.now.kind != "name" or self.now.text in _INSTEAD_WORDS or self.now.text == "in":
            raise self.fault("a name")
        return self.take()

    def arguments(self) -> tuple[tuple[Syntax, ...], int]:
        self.expect("(")
        args = self.sequence(")")
        return args, self.tokens[self.at - 1].end

    def sequence(self, close: str) -> tuple[Syntax, ...]:
        items: list[Syntax] = []
        while not self.is_symbol(close):
            if items:
                self.expect(",")
            items.append(self.choice())
        self.take()
        return tuple(items)

    def number(self, sign: _Token | None) -> Literal:
        token = self.take()
        start = sign.start if sign else token.start
        text = ("-" if sign else "") + token.text
        if re.fullmatch(r"-?[0-9]+", text):
            if len(text) > 19 or not -(2**63) <= int(text) < 2**63:
                raise ConditionSyntaxError(_NUMBER, start, token.end, text=text)
            return Literal(int(text), (start, token.end))
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise ConditionSyntaxError(_NUMBER, start, token.end, text=text)
        return Literal(value, (start, token.end))


def _joined(left: Syntax, token: _Token, right: Syntax) -> Call:
    """Two sides of an operator; a further term of a chain of `&&` or `||` stands beside the others."""
    at, place = (token.start, token.end), (_start(left), _end(right))
    same = isinstance(left, Call) and left.form == "infix" and left.spelling == token.text
    if isinstance(left, Call) and same and rows("infix", token.text)[0].logic is not None:
        if len(left.args) >= limits.CONDITION_TERMS:
            raise ConditionSyntaxError(_TERMS, *at, limit=limits.CONDITION_TERMS, sign=token.text)
        return replace(left, args=(*left.args, right), at=place, further_at=(*left.further_at, at))
    return Call("infix", token.text, None, (left, right), at, place)


def _start(node: Syntax) -> int:
    return node.at[0]


def _end(node: Syntax) -> int:
    return node.at[1]


def _unquote(token: _Token) -> str:
    if token.text[0] in "rR":
        return token.text[2:-1]

    def replace(match: re.Match[str]) -> str:
        body = match.group(1)
        if body[0] in "uU" and len(body) > 1:
            code = int(body[1:], 16)
            if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
                return chr(code)
        elif body in _ESCAPES:
            return _ESCAPES[body]
        at = token.start + 1 + match.start()
        raise ConditionSyntaxError(_ESCAPE, at, at + len(match.group()), escape=match.group())

    return _ESCAPED.sub(replace, token.text[1:-1])


def offsets(node: Syntax) -> Offsets:
    """Where a syntax node stands in its text."""
    return node.at
