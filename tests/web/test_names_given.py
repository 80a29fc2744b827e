"""A page fails in tests when its view forgot a name that it speaks."""

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

from hub.web.page_door import Trouble

SHORT = "{% for each in short %}{{ each }}{% else %}Nothing is missing.{% endfor %}"
REFUSED = Trouble(about="ship", message="It is gone.")


@pytest.mark.parametrize(
    "template",
    [SHORT, "{{ short }}", "{% if short %}!{% endif %}", "{{ refused.reason }}"],
)
def test_a_name_the_view_forgot_fails(app: Flask, template: str) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string(template, refused=REFUSED)


@pytest.mark.parametrize(
    "template, shown",
    [
        (SHORT, "wax"),
        ("{{ counts.done }}{{ counts['done'] }}", ""),
        ("{% if section is defined %}!{% endif %}{{ section|default('none') }}", "none"),
    ],
)
def test_what_is_given_or_may_be_missing_is_shown(
    app: Flask, template: str, shown: str
) -> None:
    with app.test_request_context():
        assert render_template_string(template, short=["wax"], counts={}) == shown
