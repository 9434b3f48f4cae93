"""The family of projects: a repository that somebody else has filled, checked as CI checks it."""

from __future__ import annotations

from benchmarks.fuzzing.case import (
    CANARY,
    OUTSIDE,
    Call,
    Case,
    Fifo,
    Git,
    Lose,
    Step,
    Symlink,
    Together,
    Write,
)
from benchmarks.fuzzing.draw import HOSTILE, Draw

_PATHS = (
    *(
        f"{OUTSIDE}/secret.yaml",
        "../outside/secret.yaml",
        f"{OUTSIDE}/net.yaml",
        "../outside/*.yaml",
    ),
    *(
        "**",
        "**/*",
        "*",
        "[a-z]*.yaml",
        "nets/../../outside/*.yaml",
        "./*.yaml",
        "nets/",
        ".",
        "",
        "~/x.yaml",
    ),
    *(
        "*.yaml\n",
        "a\0b",
        "/etc/passwd",
        "/dev/zero",
        "/proc/self/environ",
        "nets//*.yaml",
        "{a,b}.yaml",
    ),
    *("out/*.yaml", "out", "link.yaml", "torch:x:y", "git:main", "pipe.yaml", "*" * 50 + "x"),
)
_CANARY_CODE = f"open('{CANARY}.ran', 'w').close()\ndef x():\n    raise RuntimeError\n"


def case(rng: Draw) -> Case:
    """A folder with settings, specs and traps, and commands that name nothing in it."""
    forms = (_settings, _links, _traps, _git, _lost, _together, _lock_files)
    steps = rng.choices(forms, (4, 3, 3, 3, 1, 1, 3))[0](rng)
    return Case("projects", tuple(steps))


def spec(m: int = 4, limit: str = "1M") -> bytes:
    """A small network."""
    layers = f"[{{kind: standard, m: {m}, k: 3}}]"
    return f"input: 3x8x8\nlayers: {layers}\nbudgets: {{params: {limit}}}\n".encode()


def _quoted(text: str) -> str:
    inner = "".join(
        char if char.isprintable() and char not in '"\\' else f"\\u{ord(char):04x}" for char in text
    )
    return f'"{inner}"'


def _toml(rng: Draw, **given: str) -> Write:
    """Settings; what is given takes the place of what is usual."""
    usual = {"specs": '["*.yaml", "nets/*.yaml"]'} | given
    lines = [f"{key} = {value}" for key, value in usual.items()]
    if rng.chance(0.4):
        glob = rng.choice(_PATHS) if rng.chance(0.3) else "*.yaml"
        right = ('"1k"', "1000", '"4.3M"', "{warn = 1, error = '1M'}")
        limit = rng.choice(right if rng.chance(0.8) else ("-1", '"2%"', "1.5"))
        metric = rng.choice(("params", "macs")) if rng.chance(0.85) else "nope"
        lines.append(f"[budgets.{_quoted(glob)}]\n{metric} = {limit}")
    text = "\n".join([*lines, ""])
    if rng.chance(0.15):
        return Write(
            "pyproject.toml",
            ("[tool.convcost]\n" + text.replace("[budgets", "[tool.convcost.budgets")).encode(),
        )
    return Write("convcost.toml", text.encode("utf-8", "surrogatepass"))


def _files(rng: Draw) -> list[Step]:
    return [Write("net.yaml", spec()), Write("nets/other.yaml", spec(8, rng.choice(("1M", "1"))))]


def _commands(rng: Draw) -> list[Step]:
    refused = "what was locked must be readable"
    commands: tuple[list[Step], ...] = (
        [Call(("check",))],
        [Call(("check", "--format", rng.choice(("json", "github", "sarif"))))],
        [Call(("lock",)), Call(("lock",), never=(1, 2), because=refused)],
        [Call(("check",)), Call(("init",))],
        [
            Call(("check",)),
            Call(("lock", "--update", "--prune")),
            Call(("check", "--base", "none")),
        ],
    )
    return rng.choice(commands)


def _settings(rng: Draw) -> list[Step]:
    given = {}
    for key in rng.some(("specs", "baseline", "convention"), 0, 2):
        odd = (
            rng.choice((*_PATHS, *HOSTILE))
            if rng.chance(0.7)
            else rng.choice(("papers", "fvcore", "a.lock"))
        )
        value = _quoted(odd)
        given[key] = f"[{value}]" if key == "specs" else value
    if rng.chance(0.1):
        given[rng.choice(("nope", "specs.x", '"a b"'))] = rng.choice(
            ("1", "true", "[]", "2026-01-01", "nan")
        )
    return [*_files(rng), _toml(rng, **given), *_commands(rng)]


def _links(rng: Draw) -> list[Step]:
    """Links that lead out, dangling or not, where commands read and write."""
    place = rng.choice(
        (
            "link.yaml",
            "nets/link.yaml",
            "convcost.lock",
            "convcost.toml",
            "out",
            "ours.yaml",
            "nets/dir.yaml",
        )
    )
    target = rng.choice(
        (
            f"{OUTSIDE}/secret.yaml",
            f"{OUTSIDE}/net.yaml",
            f"{OUTSIDE}/new",
            "../outside/new",
            OUTSIDE,
            "net.yaml",
            place,
        )
    )
    given = {"convention": '"ours.yaml"'} if place == "ours.yaml" else {}
    if place == "out":
        given["specs"] = rng.choice(('["out/*.yaml"]', '["**"]'))
    settings = [] if place == "convcost.toml" else [_toml(rng, **given)]
    before = [] if place == "convcost.lock" else _before(rng)
    return [*_files(rng), *before, *settings, Symlink(place, target), *_commands(rng)]


def _before(rng: Draw) -> list[Step]:
    """A lock of the project as it was before it was tampered with."""
    return [Call(("lock", "net.yaml"))] if rng.chance(0.4) else []


def _traps(rng: Draw) -> list[Step]:
    """Files that block, that never end, and that are named like code."""
    name = f"torch:{CANARY}:x.yaml"
    traps: tuple[list[Step], ...] = (
        [Fifo(rng.choice(("pipe.yaml", "convcost.toml", "convcost.lock", "pyproject.toml")))],
        [Fifo("pipe.yaml")],
        [Fifo("nets/pipe.yml")],
        [Symlink(rng.choice(("zero.yaml", "convcost.lock", "convcost.toml")), "/dev/zero")],
        [Write(name, b""), Write(f"{CANARY}.py", _CANARY_CODE.encode())],
        [Write(f"torch:{CANARY}:x.onnx", b""), Write(f"{CANARY}.py", _CANARY_CODE.encode())],
        [Write("yaml.py", _CANARY_CODE.encode()), Write("onnx.py", _CANARY_CODE.encode())],
        [Write(f"{rng.choice(HOSTILE).replace('/', '_').replace(chr(0), '')[:60]}.yaml", spec())],
    )
    trap = rng.choice(traps)
    settings = (
        [_toml(rng, specs=rng.choice(('["*.yaml"]', '["*"]', '["**"]')))] if rng.chance(0.5) else []
    )
    words = () if settings and rng.chance(0.8) else ("net.yaml",)
    commands: list[Step] = [Call((rng.choice(("check", "lock", "init")), *words))]
    if rng.chance(0.4):
        commands = [Call(("check", *words, "--input", "3x8x8"))]
    is_lock = any(getattr(step, "path", "") == "convcost.lock" for step in trap)
    return [*_files(rng), *([] if is_lock else _before(rng)), *settings, *trap, *commands]


def _committed(rng: Draw, m: int) -> list[Step]:
    return [
        Git(("init", "-q")),
        Write("net.yaml", spec()),
        Git(("add", "-A")),
        Git(("commit", "-qm", "1")),
        Git(("checkout", "-qb", "change")),
        Write("net.yaml", spec(m)),
    ]


def _git(rng: Draw) -> list[Step]:
    m = rng.choice((2, 4, 5, 30))
    bases = (
        "git:main",
        "git:HEAD",
        "git:main~0",
        "git:nope",
        "git:",
        "git:-x",
        "git:main:net.yaml",
        "git:a..b",
        "main",
    )
    base = rng.choice(bases) if rng.chance(0.4) else "git:main"
    if rng.chance(0.3):
        side = rng.choice((f"{base}:net.yaml", f"{base}:../x", f"{base}:nope.yaml"))
        return [
            *_committed(rng, m),
            Call(("diff", side, "net.yaml", "--format", rng.choice(("table", "json")))),
        ]
    grown = m > 4 and base == "git:main"
    never = (0,) if grown else (1,) if base == "git:main" else ()
    call = Call(("check", "net.yaml", "--base", base), never=never, because="growth is what it is")
    return [*_committed(rng, m), call]


def _lost(rng: Draw) -> list[Step]:
    """The base is not all there: then nobody can tell what has grown."""
    lost = Lose(rng.choice(("main:net.yaml", "main^{tree}", "main")))
    why = "nobody can tell growth from a base that is damaged"
    call = Call(("check", "net.yaml", "--base", "git:main"), never=(0, 1), because=why)
    whole = [call._replace(never=(0,))] if rng.chance(0.5) else []
    return [*_committed(rng, 30), Git(("commit", "-qam", "2")), *whole, lost, call]


def _together(rng: Draw) -> list[Step]:
    """Several locks at the same time."""
    names = [f"n{index}.yaml" for index in range(rng.randint(2, 4))]
    locks = tuple(Call(("lock", name)) for name in names)
    files = [Write(name, spec()) for name in names]
    return [
        *files,
        Together(locks, "convcost.lock", tuple(f'"{name}"' for name in names)),
        Call(("check", *names)),
    ]


def _locked(convention: str, entries: str) -> str:
    head = f'"schema": "convcost.lock/1", "convention": "{convention}"'
    return f'{{{head}, "networks": {{{entries}}}}}'


def _lock_files(rng: Draw) -> list[Step]:
    """Lock files that somebody has edited."""
    entry = '{"params": 108, "macs": 6912, "activations": 256}'
    lock = rng.choice(
        (
            _locked("papers", f'"net.yaml": {entry}'),
            _locked("thop", f'"net.yaml": {entry}'),
            _locked("papers", f'"../x": {entry}'),
            _locked("papers", '"net.yaml": {"params": 1e3}'),
            '{"schema": "convcost.lock/2"}',
            *(
                "[]",
                "",
                "{",
                "null",
                "[" * 5000,
                '{"a": 1, "a": 2}',
                "<<<<<<< ours\n",
                "\ufeff{}",
                "NaN",
            ),
        )
    )
    if rng.chance(0.3):
        place = rng.randint(0, len(lock))
        lock = lock[:place] + rng.choice(HOSTILE) + lock[place + rng.randint(0, 3) :]
    settings = [_toml(rng)] if rng.chance(0.5) else []
    calls = rng.choice(
        ([Call(("check", "net.yaml"))], [Call(("lock", "net.yaml"))], _commands(rng))
    )
    return [
        *_files(rng),
        *_before(rng),
        *settings,
        Write("convcost.lock", lock.encode("utf-8", "surrogatepass")),
        *calls,
    ]
