"""A workshop that names no time zone has its machine's."""

from pathlib import Path

import pytest

from hub.cli_options import settings_for, zone_of_machine


@pytest.mark.parametrize(
    "told, leads_to, expected",
    [
        ("Europe/Madrid", "Etc/UTC", "Europe/Madrid"),
        (":Atlantic/Canary", "Etc/UTC", "Atlantic/Canary"),
        ("", "Europe/Madrid", "Europe/Madrid"),
        ("", "Etc/UTC", None),
        ("", "right/here", None),
        ("CET-1CEST", "Europe/Madrid", None),
    ],
)
def test_the_zone_is_what_tz_says_or_where_localtime_leads(
    tmp_path: Path, told: str, leads_to: str, expected: str | None
) -> None:
    zone = tmp_path / "zoneinfo" / leads_to
    zone.parent.mkdir(parents=True)
    zone.touch()
    localtime = tmp_path / "localtime"
    localtime.symlink_to(zone)

    assert zone_of_machine(told, localtime=localtime) == expected


def test_what_is_set_goes_before_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Madrid")
    monkeypatch.delenv("HORNADA_TIMEZONE", raising=False)
    machines = settings_for()
    monkeypatch.setenv("HORNADA_TIMEZONE", "Atlantic/Canary")

    assert machines.timezone == "Europe/Madrid"
    assert settings_for().timezone == "Atlantic/Canary"
