"""The process in which durable-rules runs: a request as JSON on standard input, an answer as JSON on standard output.

A crash, a hang or a leak of the engine ends here. It imports little, so that a small registry does not wait for it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from hegui.conclusions import durable
from hegui.conclusions.program import ActionError
from hegui.conclusions.wire import read_facts, read_program, write_chained


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request.

    `answers` has one entry per job: what follows, or `{"unsuited": why}`. Instead of them there is `failed`, the job's
    number, the rule and the problem, where a rule's own action failed, or `engine`, why nothing in this process can be trusted.
    """
    programs = [read_program(program) for program in request["programs"]]
    answers = []
    try:
        for job in request["jobs"]:
            try:
                chained = durable.chain(programs[job["program"]], read_facts(job["facts"]))
                answers.append(write_chained(chained))
            except durable.UnsuitedError as error:
                answers.append({"unsuited": str(error)})
    except ActionError as error:
        return {"failed": [len(answers), error.rule, error.problem]}
    except durable.EngineError as error:
        return {"engine": str(error)}
    except MemoryError:
        return {"engine": "out of memory"}
    return {"answers": answers}


def limit(memory: int, seconds: int) -> None:
    """Bound this process where the system can: its memory in bytes and, should the parent be gone, its own time."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    """Answer one request."""
    # whatever the engine or a library prints goes to standard error: only the answer is written where it is read
    out = os.dup(1)
    os.dup2(2, 1)
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    limit(memory, seconds)
    durable.load()  # the question may come later
    answer = answered(json.load(sys.stdin.buffer))
    with os.fdopen(out, "w", encoding="utf-8") as stream:
        json.dump(answer, stream, ensure_ascii=False, separators=(",", ":"))
    # the engine is not taken apart: that takes time, and is one more chance for it to crash
    os._exit(0)


if __name__ == "__main__":
    main()
