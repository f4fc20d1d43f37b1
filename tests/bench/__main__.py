"""Run every benchmark beside this file and print one table."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path


def main() -> None:
    rows: list[tuple[str, str]] = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        rows += import_module(f"tests.bench.{path.stem}").run()
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")


if __name__ == "__main__":
    main()
