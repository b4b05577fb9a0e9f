"""The catalogues of other languages, in cluster/locale.

    python scripts/messages.py update     put every sentence of the sources into the catalogues
    python scripts/messages.py compile    make the files that Django reads, which are not committed
    python scripts/messages.py check      exit 1 if a sentence is missing, doubtful or unused

Sentences are what `gettext` and its kin (Python, templates, scripts), `say` and `say_n` are called
with. Babel reads the sources, so that no other tool is needed.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "cluster" / "locale"
LANGUAGES = ("zh_Hans",)
PYTHON = {
    "_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "say": None,
    "say_n": (1, 2), "pgettext": ((1, "c"), 2), "ngettext_lazy": (1, 2), "lazy": None,
    "gettext_noop": None,
}  # fmt: skip
SCRIPTS = {"gettext": None, "ngettext": (1, 2)}
IDLE = tuple(
    f'"{name}:'
    for name in ("Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date",
                 "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By")
)  # fmt: skip
HEADER = "# Sentences of netviz; `make messages` keeps the list, people the translations.\n"


def sentences(domain: str) -> Catalog:
    """Return every sentence of the sources: `django` of Python and templates, else of scripts."""
    found = Catalog(charset="utf-8", fuzzy=False)
    found.header_comment = HEADER
    for path, source, method, keywords in _sources(domain):
        name = str(path.relative_to(ROOT))
        for _line, message, comments, context in extract(method, source, keywords=keywords):
            found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def _sources(domain: str) -> Iterator[tuple[Path, io.BytesIO, str, dict[str, object]]]:
    if domain == "djangojs":
        for path in sorted((ROOT / "static" / "js").rglob("*.js")):
            yield path, io.BytesIO(path.read_bytes()), "javascript", SCRIPTS
        return
    for folder in ("cluster", "netviz"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, io.BytesIO(path.read_bytes()), "python", PYTHON
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = templatize(path.read_text(), origin=str(path))
        flat = "\n".join(line.strip() for line in text.splitlines())  # no indentation to trip over
        yield path, io.BytesIO(flat.encode()), "python", PYTHON


def _catalogue(language: str, domain: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> int:
    """Put new sentences into the catalogues, take away those that are gone."""
    for language in LANGUAGES:
        for domain in ("django", "djangojs"):
            path = _catalogue(language, domain)
            kept = _read(path, language)
            kept.update(sentences(domain), no_fuzzy_matching=True, update_header_comment=True)
            kept.obsolete.clear()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_written(kept))
            missing = sum(1 for message in kept if message.id and not _is_translated(message))
            sys.stdout.write(f"{path.relative_to(ROOT)}: {len(kept)} sentences, {missing} to do\n")
    return 0


def _written(catalogue: Catalog) -> bytes:
    """Return a catalogue as text that changes only where its sentences do: no dates, no names."""
    made = io.BytesIO()
    write_po(made, catalogue, width=100, sort_output=True, no_location=True)
    lines = made.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(IDLE)).encode()


def compile_all() -> int:
    """Write the binary catalogues beside the others."""
    for path in sorted(LOCALE.rglob("*.po")):
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale=path.parts[-3]))
    return 0


def check() -> int:
    """Print what is missing, doubtful or unused; return 1 if anything is."""
    faults = list(faults_of_catalogues())
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def faults_of_catalogues() -> Iterator[str]:
    """Yield one line for every sentence that a catalogue lacks, doubts or keeps in vain."""
    for language in LANGUAGES:
        for domain in ("django", "djangojs"):
            path = _catalogue(language, domain)
            name = str(path.relative_to(ROOT))
            wanted = {message.id for message in sentences(domain) if message.id}
            kept = {message.id: message for message in _read(path, language) if message.id}
            yield from (f"{name}: missing: {text!r}" for text in wanted - kept.keys())
            yield from (f"{name}: unused: {text!r}" for text in kept.keys() - wanted)
            for text in sorted(wanted & kept.keys(), key=str):
                message = kept[text]
                if not _is_translated(message):
                    yield f"{name}: not translated: {text!r}"
                elif message.fuzzy:
                    yield f"{name}: doubtful: {text!r}"
                elif faults := list(message.check()):
                    yield f"{name}: {text!r}: {faults[0]}"


def _is_translated(message: object) -> bool:
    text = getattr(message, "string", "")
    return all(text) if isinstance(text, tuple) else bool(text)


ACTIONS = {"update": update, "compile": compile_all, "check": check}

if __name__ == "__main__":
    settings.configure(USE_I18N=False)
    django.setup()
    sys.exit(ACTIONS[sys.argv[1]]())
