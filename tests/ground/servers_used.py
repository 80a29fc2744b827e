"""The summary says which real servers the tests ran on, also when xdist spread them out."""

import pytest

_USED = pytest.StashKey[dict[str, set[str]]]()


def note_server(config: pytest.Config, kind: str, source: str) -> None:
    """Remember that the tests used this server."""
    config.stash.setdefault(_USED, {}).setdefault(kind, set()).add(source)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """An xdist worker hands what it used to the controller."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        used = session.config.stash.get(_USED, {})
        output["servers_used"] = {kind: sorted(sources) for kind, sources in used.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """The controller collects it."""
    config = getattr(node, "config", None)
    output = getattr(node, "workeroutput", {})
    if isinstance(config, pytest.Config) and isinstance(output, dict):
        for kind, sources in output.get("servers_used", {}).items():
            for source in sources:
                note_server(config, kind, source)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print one line for each kind of server."""
    used = config.stash.get(_USED, {})
    terminalreporter.section("servers the tests ran on")
    for kind in ("PostgreSQL", "Redis"):
        sources = used.get(kind, {"not asked for by any test that ran"})
        terminalreporter.write_line(f"{kind}: {'; '.join(sorted(sources))}")
