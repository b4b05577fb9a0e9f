"""The language of the page: how it is chosen, kept and named."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_chosen_language_is_kept_for_a_year_and_names_the_page(reader: Client) -> None:
    response = reader.post("/i18n/language", {"language": "zh-hans", "next": "/settings"})

    kept = response.cookies["netviz_language"]
    assert (response.status_code, response["Location"]) == (302, "/settings")
    assert (kept.value, kept["samesite"]) == ("zh-hans", "Lax")
    assert int(kept["max-age"]) > 300 * 24 * 3600
    text = reader.get("/settings").content.decode()
    assert '<html lang="zh-hans"' in text
    assert 'value="zh-hans" lang="zh-hans" aria-checked="true"' in text


@pytest.mark.django_db
@pytest.mark.parametrize("away", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_choosing_a_language_leads_nowhere_else(reader: Client, away: str) -> None:
    response = reader.post("/i18n/language", {"language": "zh-hans", "next": away})

    assert response["Location"] == "/"


@pytest.mark.django_db
def test_a_language_that_is_not_there_is_not_kept(reader: Client) -> None:
    assert "netviz_language" not in reader.post("/i18n/language", {"language": "xx"}).cookies


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "given"), [("zh-CN,zh;q=0.9", "zh-hans"), ("fr", "en")])
def test_without_a_choice_the_browser_is_asked(reader: Client, asked: str, given: str) -> None:
    page = reader.get("/settings", headers={"accept-language": asked}).content.decode()

    assert f'<html lang="{given}"' in page
