"""What the command line says besides what the library does."""

from __future__ import annotations

from hegui.files import CANNOT_WRITE as CANNOT_WRITE
from hegui.source import Wording

INTERRUPTED = Wording(
    "interrupted", "error: interrupted; no report was left half-written", "错误：已中断；没有留下未写完的报告"
)
MEMORY = Wording("out-of-memory", "the memory is not enough for these facts", "内存不足，无法处理这些数据")
FAULT = Wording(
    "fault",
    "error: no result: the memory is not enough, or this is a fault of hegui; please report what stands above",
    "错误：未得出结果：内存不足，或为 hegui 自身的缺陷；请将以上内容反馈给维护者",
)
SYSTEM = Wording("system", "{problem}", "{problem}")
SYSTEM_OF = Wording("system", "`{file}`: {problem}", "`{file}`：{problem}")
DATE = Wording(
    "not-a-date", "`{text}` is not a date; write it as `2024-03-11`", "`{text}` 不是日期，应写作 `2024-03-11`"
)
FORMAT = Wording(
    "unknown-format",
    "there is no format `{name}`{near}; there are {known}",
    "没有格式 `{name}`{near}；可用的有 {known}",
)
TWO = Wording(
    "two-on-stdout",
    "two formats cannot both go to the terminal; write `{name}=FILE`",
    "两种格式不能同时输出到终端，请写 `{name}=文件`",
)
NEEDS_FILE = Wording(
    "needs-file", "`{name}` is not for the terminal; write `{name}=FILE`", "`{name}` 不能输出到终端，请写 `{name}=文件`"
)
SAME_FILE = Wording("same-file", "two formats cannot both be written to `{file}`", "两种格式不能写入同一文件 `{file}`")
IS_INPUT = Wording(
    "output-is-input",
    "`{file}` is read for this command and would be lost; write to another file",
    "`{file}` 是本次命令要读取的文件，写入会将其覆盖；请另指定文件",
)
NO_MATCH = Wording("no-such-rule", "no rule matches `{glob}`{near}", "没有规则匹配 `{glob}`{near}")
NOTHING = Wording(
    "nothing-evaluated",
    "nothing was evaluated: no row of {kinds} was read",
    "没有核查任何数据：未读到 {kinds} 的任何一行",
)
NO_LEDGER_ENTITY = Wording(
    "no-such-matter", "the ledger has no matter of `{entity}`", "整改台账中没有 `{entity}` 的事项"
)
STRICT = Wording("strict", "{count} problems in the data (`--strict`)", "台账数据问题 {count} 处（`--strict`）")
WROTE = Wording("wrote", "wrote {file}", "已写入 {file}")
FIXED = Wording("fixed", "{place}fixed: {message} [{id}]", "{place}已修复：{message} [{id}]")
BECAME = Wording("became", "{message}, now {now}", "{message}，现为 {now}")
LEFT = Wording(
    "left-unmended",
    "left to you: {count} of a sort --fix mends, where a comment stands beside, more than one thing may be meant, or the "
    "file is another ruleset's",
    "另有 {count} 处属于 --fix 可修复的类型，但旁有注释、含义不唯一或位于其他规则集，请手工处理",
)
NO_PAGE = Wording("no-such-finding", "lint finds nothing called `{name}`{near}", "没有名为 `{name}` 的检查结果{near}")
WROTE_ROWS = Wording("wrote", "wrote {file}, {count} rows", "已写入 {file}，{count} 行")
WROTE_FILES = Wording("wrote-files", "wrote {count} files to {file}", "已写入 {file}，{count} 个文件")
SCHEMA_FOLDER = Wording(
    "schema-folder",
    "`--all -o FOLDER` writes every schema; it takes no NAME and no `--rules`",
    "`--all -o 文件夹` 写出全部结构定义，不能与 NAME 或 `--rules` 同用",
)
EXISTS = Wording("exists", "`{file}` is there already", "`{file}` 已存在")
NOT_YAML = Wording(
    "not-yaml", "`{file}` would not be read: call it `….yaml`", "`{file}` 不会被读取：文件名须以 `.yaml` 结尾"
)
ELSEWHERE = Wording(
    "elsewhere",
    "`{file}` is no file of `{rules}` and will not be read with it",
    "`{file}` 不是 `{rules}` 的文件，不会随其读取",
)
BAD_NAME = Wording(
    "bad-name",
    "`{name}` cannot be a name: names are letters and digits, joined by single `.`, `-` or `_`",
    "`{name}` 不能用作名称：名称由字母和数字组成，可用单个 `.`、`-` 或 `_` 连接",
)
KEPT_NAME = Wording(
    "name-not-portable",
    "not every system can have a folder called `{name}`; name another one with `-o`",
    "并非所有系统都能建立名为 `{name}` 的文件夹；请用 `-o` 另指定一个",
)
RULE_NEEDS = Wording(
    "rule-needs",
    "a rule to begin takes NAME, `--rules R` and `--about KIND`; without any of them a template is printed",
    "新建规则须同时给出 NAME、`--rules R` 和 `--about KIND`；都不给出时打印模板",
)
NAME_TAKEN = Wording(
    "name-taken", "`{name}` is already defined in `{layer}` or below", "`{name}` 在 `{layer}` 或其下层中已定义"
)
NO_KEY = Wording(
    "kind-without-key", "`{name}` has no key, so no rule can be about it", "`{name}` 没有主键，不能作为规则的对象"
)
NO_FIELD_TO_ASK = Wording(
    "no-field-to-ask", "`{name}` has no field a rule could ask about", "`{name}` 没有可供规则判断的字段"
)
NEXT = Wording("next", "next: hegui lint {file}, hegui test {file}", "下一步：hegui lint {file}，hegui test {file}")
NO_SCHEMA = Wording(
    "no-such-schema",
    "there is no schema `{name}`{near}; there are {known}",
    "没有 `{name}` 的结构定义{near}；可用的有 {known}",
)
NO_KIND = Wording(
    "no-such-kind", "there is no kind `{name}`{near}; there are {known}", "没有类别 `{name}`{near}；可用的有 {known}"
)
WAIVERS_ASIDE = Wording(
    "waivers-aside",
    "waivers set aside: {count} (`--no-waivers`)",
    "未适用暂不计入事项 {count} 项（`--no-waivers`）",
)
FACTS_OR_RUN = Wording(
    "facts-or-run", "waivers are held against `--facts` or `--run`, not both", "请只用 `--facts` 或 `--run` 之一对照"
)
BASELINE = Wording(
    "baseline",
    "{count} violations and conclusions of {rules} rules are waived until {until}",
    "{rules} 条规则的 {count} 项问题和结论暂不计入，至 {until}",
)
SAME = Wording("run-same", "{file}: the same again", "{file}：重新核查结果一致")
DIFFERENT = Wording("run-different", "{file}: not the same again", "{file}：重新核查结果不一致")
