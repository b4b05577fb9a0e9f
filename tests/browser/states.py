"""Every page and every state of it that a reader can meet: where it is and how one gets there.

The checks of `test_accessibility.py` walk over all of them. `UNSEEN` names the addresses that show
no page; an address in neither is a page that nobody checks, and a test says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

BAD = b"""\
apiVersion: v1
kind: Service
metadata: {name: fine, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: bad, namespace: shop}
spec: {ports: [{port: 99999}]}
"""
SENT = {"name": "all.yaml", "mimeType": "application/yaml", "buffer": BAD}
SEND = """(action) => {
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action });
  document.body.append(form);
  form.submit();
}"""
LESSON = "endpoints"

UNSEEN = {
    "logout": "leads on",
    "set-language": "leads on",
    "javascript-catalog": "a script",
    "import-report": "a download",
    "lesson-start": "leads on",
    "graph": "JSON",
    "drill": "leads on",
    "unmute": "leads on",
    "revisions": "JSON",
    "slice-writes": "JSON",
    "sources": "JSON",
    "peers": "JSON",
    "plan-objects": "JSON",
    "plan-graph": "JSON",
    "plan-press": "leads on",
    "plan-export": "a download",
    "demo-cluster": "leads on",
    "forget-traces": "leads on",
}
"""Addresses by name that show no page, and what they do instead."""


@dataclass(frozen=True)
class State:
    """A state of a page: the name of its address in `cluster.web.urls`, and how to get there.

    `part` is what is new in this state, where the rest of the page is looked at elsewhere; `width`
    that of the window, in px.
    """

    page: str
    address: str
    then: Callable[[Page], None] | None = None
    label: str = ""
    part: str = "html"
    width: int = 1440

    def __str__(self) -> str:
        """Return what a failure calls it."""
        return f"{self.address} {self.label}".strip()


def press(*keys: str, shows: str) -> Callable[[Page], None]:
    """Return a step that presses keys until something is shown."""

    def step(page: Page) -> None:
        expect(page.locator("body")).to_be_visible()
        page.locator("main").focus()
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator(shows).first).to_be_visible()

    return step


def click(selector: str, shows: str) -> Callable[[Page], None]:
    """Return a step that presses a button, as many as it takes, until something is shown."""

    def step(page: Page) -> None:
        page.locator(selector).first.click()
        expect(page.locator(shows).first).to_be_visible()

    return step


def card_is_chosen(page: Page) -> None:
    """Wait for the details of the card that the address names."""
    expect(page.locator("aside.drawer")).to_be_visible()


def part(name: str) -> Callable[[Page], None]:
    """Return a step that opens a part of the details."""

    def step(page: Page) -> None:
        card_is_chosen(page)
        page.locator(f".drawer [role=tab][data-part={name}]").click()
        expect(page.locator(f".drawer__body[data-part={name}]")).not_to_be_empty()

    return step


def typed(text: str) -> Callable[[Page], None]:
    """Return a step that types into the search box."""

    def step(page: Page) -> None:
        page.locator("form.search input[type=search]").fill(text)
        expect(page.locator(".palette [role=option]").first).to_be_visible()

    return step


def imported(*, discarded: bool) -> Callable[[Page], None]:
    """Return a step that imports a file with a mistake, and leaves the choice open or makes it."""

    def step(page: Page) -> None:
        page.set_input_files("input[type=file]", SENT)  # type: ignore[arg-type]
        page.get_by_role("main").get_by_role("button", name="Import").click()
        expect(page.locator("[data-result]")).to_contain_text("1 error", timeout=20_000)
        expect(page.get_by_role("button", name="Keep the good ones")).to_be_visible()
        if discarded:
            page.get_by_role("button", name="Discard all").click()
            expect(page.locator("[data-result=held]")).to_have_count(0)
            expect(page.locator("[data-result]")).to_be_visible()

    return step


def planned(tab: str) -> Callable[[Page], None]:
    """Return a step that sends the plan of the form, and shows it in one of its forms."""

    def step(page: Page) -> None:
        page.get_by_role("button", name="Show what it changes").click()
        page.wait_for_url("**/plan/*")
        if tab:
            page.goto(f"{page.url}?tab={tab}")
        if tab == "table":
            row = page.locator("#v-table tbody tr").first
            expect(row).to_be_in_viewport()

    return step


def refused_plan(page: Page) -> None:
    """Send a plan with a mistake in it."""
    page.locator("#id_file").set_input_files(SENT)  # type: ignore[arg-type]
    expect(page.locator(".planform__cm .cm-content")).to_contain_text("99999")
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.locator("#h-faults")).to_be_visible()


def began(number: int, *, answer: bool = False) -> Callable[[Page], None]:
    """Return a step that begins the lesson, goes to one of its steps and may answer it."""

    def step(page: Page) -> None:
        begin = page.locator("form[action$='/start'] button").first
        if page.locator("[aria-labelledby=step-title]").count() == 0:
            begin.click()
            expect(page.locator("[aria-labelledby=step-title]")).to_be_visible(timeout=20_000)
        query = page.url.partition("?")[2]
        page.goto(page.url.partition("?")[0].rsplit("/", 1)[0] + f"/{number}?{query}")
        if answer:
            page.locator("#ask input[name=answer]").fill("1")
            page.get_by_role("button", name="Check").click()
            expect(page.locator("#verdict")).to_be_visible()

    return step


def forged(page: Page) -> None:
    """Send a form without the site's token."""
    page.evaluate(SEND, "/settings")
    expect(page.locator("h1")).to_contain_text("expired")


def drawn_alone(template: str, **context: object) -> Callable[[Page], None]:
    """Return a step that shows a page that no address leads to, such as that of a 500."""

    def step(page: Page) -> None:
        body = render_to_string(template, context)

        def answer(route: Route) -> None:
            route.fulfill(body=body, content_type="text/html")

        page.route("**/drawn-alone", answer)
        page.goto(page.url.partition("/settings")[0] + "/drawn-alone")

    return step


MAP = "/c/shop/map?lvl=L1&ns=shop"
FRONTEND = "Service%2Fshop%2Ffrontend"
TRACE = "/c/shop/trace?from=shop/deploy/frontend&to=payments/svc/ledger"
CHANGE = "/c/shop/plan?delete=NetworkPolicy/shop/allow-db"

STATES = (
    State("login", "/login"),
    State("login", "/login", click("main button[type=submit]", "main"), "refused"),
    State("overview", "/?cluster=shop"),
    State("overview", "/?cluster=shop&form=table"),
    State("overview", "/", press("?", shows="dialog.sheet[open]"), "keys", "dialog"),
    State("clusters", "/clusters"),
    State("cluster-change", "/c/shop/cluster/copy"),
    State("cluster-change", "/c/shop/cluster/reset"),
    State("cluster-change", "/c/shop/cluster/delete"),
    State("settings", "/settings"),
    State("import", "/import?cluster=shop"),
    State("import-job", "/import?cluster=shop", imported(discarded=False), "waits for a choice"),
    State("import-job", "/import?cluster=shop", imported(discarded=True), "discarded"),
    State("finding-help", "/help/findings/NV101"),
    State("finding-help", "/help/findings/NV301"),
    State("kubeconfig", "/kubeconfig"),
    State("learn", "/learn"),
    State("lesson", "/learn/paths"),
    State("lesson-step", f"/learn/{LESSON}", began(1)),
    State("lesson-step", f"/learn/{LESSON}", began(2, answer=True), "answered"),
    State("lesson-step", f"/learn/{LESSON}?teach=1", began(1), "teacher"),
    State("cluster-root", "/c/shop/"),
    State("map", "/c/shop/map?lvl=L0"),
    State("map", "/c/shop/map?lvl=L1"),
    State("map", f"{MAP}&tab=table"),
    State("map", f"{MAP}&tab=text"),
    State("map", f"{MAP}&grp=node"),
    State("map", f"{MAP}&open=Deployment/shop/cart&q=kind:pod"),
    State("map", f"{MAP}&q=kind:nothing%20name:x"),
    State("map", f"{MAP}&q=stat:x%20("),
    State("map", f"{MAP}&at=40"),
    State("map", "/c/shop/map?lvl=L1&ns=shopp", label="no such namespace"),
    State("map", "/c/none/map", label="no such cluster"),
    State("map", MAP, press("[", shows="[data-nv=at]"), "a revision back"),
    State("map", MAP, click("[data-act=time]", "#timebar"), "time", "#timebar"),
    State("map", MAP, press("x", shows="#menu-export"), "export", "#menu-export"),
    State(
        "map",
        MAP,
        click("[aria-controls=menu-clusters]", "#menu-clusters"),
        "clusters",
        "#menu-clusters",
    ),
    State(
        "map",
        MAP,
        click("[aria-controls=menu-language]", "#menu-language"),
        "languages",
        "#menu-language",
    ),
    State("map", MAP, click("[aria-controls=menu-user]", "#menu-user"), "account", "#menu-user"),
    State("map", MAP, click("[data-filter] summary", "#f-q"), "filter", "[data-filter]"),
    State("map", MAP, typed("kind:svc"), "palette", "form.search"),
    State("map", MAP, typed(">"), "commands", "form.search"),
    State("map", f"{MAP}&sel=Service/shop/frontend", part("why"), "why", "aside.drawer"),
    State("map", f"{MAP}&sel=Service/shop/frontend", part("yaml"), "yaml", "aside.drawer"),
    State("map", f"{MAP}&sel=Service/shop/frontend", part("events"), "events", "aside.drawer"),
    State("map", f"{MAP}&sel=Service/shop/frontend", part("links"), "links", "aside.drawer"),
    State(
        "map", f"{MAP}&sel=Service/shop/frontend", part("why"), "sheet", "aside.drawer", width=390
    ),
    State("map", MAP, click("[data-act=menu]", ".rail.is-open"), "rail", ".rail", width=390),
    State("diagram", f"/c/shop/d/endpoints/shop/frontend?sel={FRONTEND}", card_is_chosen),
    State(
        "diagram", "/c/shop/d/endpoints/shop/frontend", click(".guide summary", ".guide__lines")
    ),
    State("diagram", "/c/shop/d/endpoints/shop/reviews"),
    State("diagram", "/c/shop/d/paths/shop/frontend"),
    State("diagram", "/c/shop/d/compare/shop/cart"),
    State("diagram", "/c/shop/d/slices/shop/cart"),
    State("diagram", "/c/shop/d/dns/shop/db"),
    State("diagram", "/c/shop/d/dns/shop/db?pod=shop/nobody"),
    State("diagram", "/c/shop/d/ingress/shop/shop-web"),
    State("diagram", "/c/shop/d/ingress/shop/shop-web?url=https://shop.example.com/api/catalog/7"),
    State("diagram", "/c/shop/d/policy/shop/allow-db"),
    State("diagram", "/c/shop/d/policy/shop/allow-db?form=matrix"),
    State("diagram", "/c/shop/d/families/shop/frontend"),
    State("object", "/c/shop/o/Service/shop/frontend"),
    State("object", "/c/shop/o/Deployment/shop/frontend?tab=yaml"),
    State("object", "/c/shop/o/Service/shop/frontend?tab=yaml&path=spec.selector"),
    State("object", "/c/shop/o/Deployment/shop/frontend?tab=history"),
    State("object", "/c/shop/o/Deployment/shop/frontend?tab=events"),
    State("object", "/c/shop/o/Pod/shop/db-0"),
    State("object", "/c/shop/o/Pod/shop/nothing-here", label="gone"),
    State("events", "/c/shop/events"),
    State("events", "/c/shop/events?q=kind:nothing"),
    State("findings", "/c/shop/findings"),
    State("findings", "/c/shop/findings?q=stat:x"),
    State("findings", "/c/shop/findings?q=name:x+kind:svc&severity=info"),
    State("mute", "/c/shop/findings/mute?rule=NV101"),
    State("mute", "/c/shop/findings/mute?rule=NV101&kind=Service&ns=shop&name=reviews"),
    State(
        "mute",
        "/c/shop/findings/mute?rule=NV101&kind=Service&ns=shop&name=reviews",
        click("main button[type=submit]", "main"),
        "without a reason",
    ),
    State("search", "/c/shop/search?q=frontend"),
    State("search", "/c/shop/search?q=nothing-like-this"),
    State("trace", "/c/shop/trace"),
    State("trace", TRACE),
    State(
        "trace",
        TRACE,
        press("j", "j", "j", "j", "j", shows="[aria-current=step] .step__more"),
        "walked",
    ),
    State("trace", f"{TRACE}&tab=table"),
    State("trace", f"{TRACE}&tab=text"),
    State("trace", "/c/shop/trace?from=shop/nothing-here&to=db.shop"),
    State("plan", "/c/shop/plan"),
    State("plan", CHANGE),
    State("plan", "/c/shop/plan", refused_plan, "with a mistake"),
    State("plan-show", CHANGE, planned("overlay"), "overlay"),
    State("plan-show", CHANGE, planned("side"), "side by side"),
    State("plan-show", CHANGE, planned("table"), "table"),
    State("plan-show", CHANGE, planned("overlay&apply"), "apply"),
    State("404", "/c/nothing-here/map"),
    State("403", "/settings", forged),
    State("500", "/settings", drawn_alone("500.html", path="/c/shop/map")),
)
