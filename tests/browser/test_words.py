"""No page in Chinese has English in it, nor Chinese set as English is; and none the other way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.world import ROOT, Site

pytestmark = pytest.mark.browser

WORDS = r"""(page) => {
  const found = [page.title];
  for (const name of page.body.querySelectorAll('bdi')) name.replaceWith(name.textContent);
  page.body.normalize();
  const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  const apart = 'script, style, noscript, template, code, pre, kbd, textarea, [lang=en], ' +
    '.material-symbols-outlined';
  while (texts.nextNode()) {
    const { textContent, parentElement } = texts.currentNode;
    if (parentElement && !parentElement.closest(apart)) found.push(textContent);
  }
  const named = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt'];
  for (const element of page.body.querySelectorAll('*'))
    for (const name of named)
      if (element.hasAttribute(name) && !element.closest('[lang=en]'))
        found.push(element.getAttribute(name));
  return [...new Set(found.map((text) => (text ?? '').replace(/\s+/g, ' ').trim()))];
}"""
SENT = """
  const read = async (address) => {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), 'text/html');
    return [address, [page.querySelector('nv-diagram') !== null, words(page)]];
  };
  return Object.fromEntries(await Promise.all(addresses.map(read)));
"""
HAN = "[\N{CJK UNIFIED IDEOGRAPH-4E00}-\N{CJK UNIFIED IDEOGRAPH-9FFF}]"
SET_AS_ENGLISH = re.compile(f"{HAN} +{HAN}|{HAN} ?[,;:!](?= |$|{HAN})|[，。；：！、] ")  # noqa: RUF001
API_SAYS = re.compile(
    r"\d+/\d+ nodes are available:.*|ReplicaSet \S+ has timed out progressing\.?"
    r"|(json|yaml): [^。]*|Object 'Kind' is missing"
)
"""What the API server says in the middle of a sentence of netviz: people search for it."""

PAGES = (
    "/", "/?cluster=shop&form=table", "/clusters", "/settings", "/import", "/learn", "/kubeconfig",
    "/help/findings/NV101", "/nothing-here", "/c/none/map", "/admin/cluster/service/",
    "/c/shop/map?lvl=L0", "/c/shop/map?lvl=L1&ns=shop", "/c/shop/map?lvl=L1&tab=text",
    "/c/shop/map?lvl=L9", "/c/shop/map?lvl=L1&at=120", "/c/shop/map?lvl=L1&q=stat:x",
    "/c/shop/d/endpoints/shop/frontend?sel=Service%2Fshop%2Ffrontend",
    "/c/shop/d/dns/shop/frontend?name=a..b", "/c/shop/d/paths/shop/frontend?port=1&tab=table",
    "/c/shop/d/compare/shop/frontend", "/c/shop/d/slices/shop/frontend",
    "/c/shop/d/families/shop/frontend?tab=text", "/c/shop/d/ingress/shop/shop-web",
    "/c/shop/d/policy/shop/default-deny?tab=text",
    "/c/shop/o/Pod/shop/cache-0", "/c/shop/o/Service/shop/frontend?tab=history",
    "/c/shop/o/Pod/shop/nothing-here", "/c/shop/events", "/c/shop/findings",
    "/c/shop/findings/mute?rule=NV101&kind=Service&ns=shop&name=reviews",
    "/c/shop/search?q=frontend", "/c/shop/plan?delete=Service/shop/nope",
    "/c/shop/trace?from=shop/nothing-here&to=db.shop",
    "/c/shop/trace?from=shop/deploy/frontend&to=payments/svc/ledger&tab=text",
    "/c/shop/trace?from=shop/deploy/frontend&to=shop/svc/catalog&port=99999",
)  # fmt: skip

SCRIPTED = ("/", "/import", "/settings", "/c/shop/events", "/c/shop/plan?delete=Service/shop/nope")
"""Pages without a drawing whose scripts have words to say."""

KEPT = frozenset({
    "netviz", "kubectl", "kubelet", "kubeconfig", "admin", "shop", "none", "rename", "English",
    "Mermaid", "Markdown", "glibc", "musl", "kube", "apply", "get", "watch", "delete", "exec",
    "logs", "yaml", "yml", "json", "gz", "zip", "tar", "Service", "Services", "Pod", "Pods",
    "Ingress", "Ingresses", "Event", "Events", "Deployment", "Deployments", "StatefulSet",
    "Secret", "Secrets", "Job", "Jobs", "Kubernetes", "Local", "Cluster", "Default", "None",
    "Exact", "Prefix", "True", "False", "Running", "Pending", "Succeeded", "Failed", "Unknown",
    "In", "Exists", "outside", "internet", "apiserver", "apiVersion", "endpoints", "search",
    "nameserver", "options", "nothing", "coredns", "uid", "in", "ing", "netpol", "wbe",
    "Endpoints", "Namespaces", "Nodes", "scrollable", "content", "kind", "ns", "name", "label",
    "ip", "port", "node", "zone", "status", "finding", "policy", "from", "to", "near", "stat",
    "deploy", "pod", "svc", "namespace", "Tab", "Enter", "Escape", "Esc", "Ctrl", "Shift",
    "lvl", "load", "cart", "catalog", "family", "type",
})  # fmt: skip
"""Kinds, values and commands of Kubernetes, terms of queries, keys; names are read from demo/."""


@cache
def names() -> frozenset[str]:
    """Return every word of the demo's manifests and lessons: what its objects are called."""
    found: set[str] = set(KEPT)
    for folder in ("demo", "lessons"):
        for path in (ROOT / folder).glob("*.yaml"):
            found |= set(re.findall(r"[A-Za-z]+", re.sub(r"#.*", "", path.read_text())))
    return frozenset(found)


def given(page: Page, site: Site) -> set[str]:
    """Return the words that other tests gave to clusters and plans."""
    page.goto(site.url + "/clusters")
    links = page.locator("main a[href^='/c/']")
    hrefs: list[str] = links.evaluate_all("links => links.map((a) => a.getAttribute('href'))")
    found = {href.split("/")[2] for href in hrefs}
    page.goto(site.url + "/c/shop/plan")
    for title in page.locator(".planrow b").all_inner_texts():
        found |= set(title.split())
    return found


def english(text: str, kept: Set[str]) -> Iterator[str]:
    """Yield the words of a text that are no names: abbreviations, fields and `kept` are."""
    plain = re.sub(r"\S*\N{HORIZONTAL ELLIPSIS}\S*", " ", API_SAYS.sub(" ", text))
    for token in re.split(r"[^A-Za-z0-9_./:@%$#=<>&'*-]+", plain):
        word = token.strip(".:'/-=")
        is_name = word in names() or word in kept or bool(re.search(r".[A-Z]", word))
        if word.isalpha() and len(word) > 1 and not is_name:
            yield word


def stiff(text: str) -> list[str]:
    """Return where a Chinese text is set as English is; Django's own translations are."""
    return SET_AS_ENGLISH.findall(text)


def visible(
    page: Page, site: Site, addresses: Sequence[str], *, draws: bool = True
) -> dict[str, list[str]]:
    """Return every text of pages, with those that are only read aloud or pointed at.

    What the server sends is read as it is; pages that scripts draw or add to are opened, without
    styles and fonts, which say nothing.
    """
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setBlockedURLs", {"urls": ["*.css", "*.woff2"]})
    page.goto(site.url + "/help/findings/NV101")
    sent: dict[str, tuple[bool, list[str]]] = page.evaluate(
        f"async (addresses) => {{ const words = {WORDS}; {SENT} }}", list(addresses)
    )
    found = {address: texts for address, (_is_drawn, texts) in sent.items()}
    for address, (has_drawing, _texts) in sent.items():
        is_drawn = draws and has_drawing and "tab=" not in address
        if is_drawn or address in SCRIPTED:
            page.goto(site.url + address, wait_until="domcontentloaded")
            if is_drawn:
                page.locator("nv-diagram svg a[data-id]").first.wait_for(state="attached")
            found[address] = page.evaluate(f"({WORDS})(document)")
    return found


@pytest.fixture
def page_in(browser: Browser, session: Any) -> Iterator[Callable[[str], Page]]:
    """Open pages of `admin` in a browser that asks for a language, some of them no pages."""
    with ExitStack() as held:
        yield lambda language: held.enter_context(
            browser.new_context(storage_state=session, locale=language)
        ).new_page()


def test_pages_in_chinese_have_no_english(
    page_in: Callable[[str], Page], served: Site, shop: str
) -> None:
    page = page_in("zh-CN")
    kept = given(page, served)
    left = {
        (address, text): words
        for address, texts in visible(page, served, PAGES).items()
        for text in texts
        if (words := [*english(text, kept), *([] if "/admin/" in address else stiff(text))])
    }

    assert left == {}


def test_pages_in_english_have_no_chinese(
    page_in: Callable[[str], Page], served: Site, shop: str
) -> None:
    page = page_in("en-US")
    left = {
        (address, text)
        for address, texts in visible(page, served, PAGES[::4], draws=False).items()
        for text in texts
        if re.search(HAN, text) and text != "简体中文"
    }

    assert left == set()
