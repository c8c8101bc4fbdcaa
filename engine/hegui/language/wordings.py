"""The wordings of what the checker finds: lower case, user text in backquotes, what is wrong, what exists instead."""

from __future__ import annotations

from hegui.source import Wording

UNKNOWN_NAME = Wording("unknown-name", "`{kind}` has no `{name}`", "`{kind}` 没有 `{name}`")
UNKNOWN_VARIABLE = Wording("unknown-variable", "nothing here is called `{name}`", "这里没有名为 `{name}` 的对象")
OF_PLUGIN = Wording(
    "of-plugin",
    "the plugin `{plugin}` has it: list it under `plugins:` in `ruleset.yaml`",
    "插件 `{plugin}` 提供该函数：请在 `ruleset.yaml` 的 `plugins:` 中列出",
)
UNKNOWN_FUNCTION = Wording("unknown-function", "there is no function `{name}`", "没有函数 `{name}`")
UNKNOWN_PARAMETER = Wording("unknown-parameter", "there is no parameter `{name}`", "没有参数 `{name}`")
UNKNOWN_CODE = Wording("unknown-code", "`{name}` is not a code of this field", "`{name}` 不是该字段的代码")
DID_YOU_MEAN = Wording("did-you-mean", "did you mean {known}?", "是否应为 {known}？")
THERE_ARE = Wording("there-are", "there are {known}", "可用的有 {known}")
TAKES = Wording("takes", "it takes {known}", "可接受 {known}")

ROW_AS_VALUE = Wording(
    "row-as-value", "`{text}` is a whole row; name one of its fields", "`{text}` 是整行，请指明其中的字段"
)
LIST_AS_VALUE = Wording(
    "list-as-value",
    "`{text}` is a list; consume it with exists, all, exists_one, size, sum, min, max or avg",
    "`{text}` 是列表，须以 exists、all、exists_one、size、sum、min、max 或 avg 结尾",
)
MEMBER_OF_LIST = Wording(
    "member-of-list",
    "`{text}` is a list, so `.{name}` has no single value; write `{text}.exists(v, v.{name} …)` or the like",
    "`{text}` 是列表，`.{name}` 没有单一取值；可写作 `{text}.exists(v, v.{name} …)`",
)
MEMBER_OF_VALUE = Wording(
    "member-of-value", "`{text}` is a {type} and has no fields", "`{text}` 的类型为 {type}，没有字段"
)
NOT_A_LIST = Wording(
    "not-a-list", "`{text}` is no list, so `.{name}` cannot follow", "`{text}` 不是列表，不能使用 `.{name}`"
)
IN_NEEDS_LIST = Wording("in-needs-list", "`{text}` is no list field or list", "`{text}` 不是列表")
EXPECTED_TYPE = Wording("expected-type", "expected {wanted}, found {found}", "此处应为 {wanted}，实际为 {found}")
ARMS_DIFFER = Wording(
    "arms-differ", "the two results differ in type: {left} and {right}", "两个结果的类型不同：{left} 与 {right}"
)
ITEMS_DIFFER = Wording(
    "items-differ", "the items differ in type: {left} and {right}", "列表元素类型不同：{left} 与 {right}"
)
EMPTY_LIST = Wording("empty-list", "an empty list has no type", "空列表没有类型")
NO_OVERLOAD = Wording("no-overload", "`{name}` does not take {found}", "`{name}` 不接受 {found}")
INT_DIVISION = Wording(
    "int-division",
    "`/` does not divide two ints; write `double(a) / double(b)`",
    "`/` 不用于两个整数；请写 `double(a) / double(b)`",
)
DATE_DIFFERENCE = Wording(
    "date-difference",
    "dates are not added or subtracted; use `days_between(a, b)` or `date ± days(n)`",
    "日期不能直接相加减；请用 `days_between(a, b)` 或 `date ± days(n)`",
)
INT_RANGE = Wording("int-range", "int `{text}` is beyond ±(2⁵³ − 1)", "整数 `{text}` 超出 ±(2⁵³ − 1)")
LITERAL_DATE = Wording(
    "literal-date",
    '`date(…)` of one argument takes a literal text such as `date("2024-03-11")`',
    '单参数 `date(…)` 只接受文本字面量，如 `date("2024-03-11")`',
)
BAD_DATE = Wording("bad-date", "`{text}` is no date of the form 2024-03-11", "`{text}` 不是 2024-03-11 形式的日期")
LITERAL_PATTERN = Wording("literal-pattern", "a pattern must be a literal text", "正则表达式必须是文本字面量")
HAS_NEEDS_FIELD = Wording("has-needs-field", "`has` takes one field", "`has` 须带一个字段")
PARAM_NEEDS_NAME = Wording(
    "param-needs-name",
    '`param` takes a name in quotes and, if wanted, a date: `param("tail_water.tn", sampled_on)`',
    '`param` 须带引号中的参数名，可再加日期：`param("tail_water.tn", sampled_on)`',
)
CYCLE = Wording("definition-cycle", "definitions go round in a circle: {cycle}", "定义循环引用：{cycle}")

UNITS_DIFFER = Wording("units-differ", "units do not fit: `{left}` and `{right}`", "单位不相容：`{left}` 与 `{right}`")
QUANTITY_AND_NUMBER = Wording(
    "quantity-and-number",
    "a quantity in `{unit}` against a number without unit; make the number a parameter with a unit",
    "带单位 `{unit}` 的量与无单位的数不能直接运算；请将该数设为带单位的参数",
)
BARE_NEEDED = Wording(
    "bare-needed",
    "`{name}` takes a number without unit, not one in `{unit}`",
    "`{name}` 只接受无单位的数，而非单位为 `{unit}` 的量",
)

CHAIN_OPEN = Wording(
    "chain-open", "the list is not consumed; end it with one of {known}", "列表未被消费；须以 {known} 之一结尾"
)
CHAIN_ORDER = Wording(
    "chain-order", "stages come once each in the order filter, map, known", "各步骤最多一次，顺序为 filter、map、known"
)
VARIABLE_AND_BODY = Wording(
    "variable-and-body",
    "`{name}` takes a variable and a condition: `.{name}(v, …)`",
    "`{name}` 须带变量和条件：`.{name}(v, …)`",
)
KNOWN_NEEDS_VALUE = Wording(
    "known-needs-value",
    "`known()` takes nothing and follows `map` or a list field",
    "`known()` 不带参数，且须跟在 `map` 或列表字段之后",
)
NO_ARGUMENTS = Wording("no-arguments", "`{name}()` takes no arguments", "`{name}()` 不带参数")
MAP_FIRST = Wording(
    "map-first",
    "`{name}()` needs values; say which with `.map(v, v.field)`",
    "`{name}()` 需要数值；请先用 `.map(v, v.字段)` 指明",
)
NOT_AGGREGATED = Wording(
    "not-aggregated", "`{name}()` does not take values of type {type}", "`{name}()` 不接受 {type} 类型的值"
)
TOO_LARGE = Wording(
    "definition-size",
    "with the definitions it uses written out, the condition has more than {most} parts, or more than {height} one upon another",
    "将所用定义展开后，条件超过 {most} 个部分，或层叠超过 {height} 层",
)
