"""What a shell proposes when a word of a command is begun."""

from __future__ import annotations

from hrtools_reco.catalog import load_catalog, split_list

Proposals = list[tuple[str, str]]


def _begun(words: Proposals, incomplete: str) -> Proposals:
    """Keep the words that start as the one that is begun."""
    return [(word, said) for word, said in words if word.startswith(incomplete)]


def _keys(table: str, incomplete: str, ending: str = "") -> Proposals:
    """Propose the keys of a table, with their labels."""
    labels = load_catalog().labels(table, "fr")
    return [(key + ending, label) for key, label in _begun(list(labels.items()), incomplete)]


def branches(incomplete: str) -> Proposals:
    """Propose branches by key or by everyday word."""
    rows = load_catalog().branches[["branch", "name_fr", "aliases_fr"]].itertuples(index=False)
    words = [(word, name) for key, name, cell in rows for word in (key, *split_list(cell)) if " " not in word]
    return _begun(words, incomplete)


def bands(incomplete: str) -> Proposals:
    """Propose headcount bands."""
    return _keys("headcount_bands", incomplete)


def regions(incomplete: str) -> Proposals:
    """Propose regions."""
    return _keys("regions", incomplete)


def dimensions(incomplete: str) -> Proposals:
    """Propose the start of a maturity score."""
    return _keys("dimensions", incomplete, "=")


def needs(incomplete: str) -> Proposals:
    """Propose the start of a need."""
    return _keys("needs", incomplete, "=")


def facts(incomplete: str) -> Proposals:
    """Propose the start of a fact."""
    return _keys("facts", incomplete, "=")


def tools(incomplete: str) -> Proposals:
    """Propose tools."""
    rows = load_catalog().tools[["tool_id", "name"]].itertuples(index=False)
    return _begun([(key, name) for key, name in rows], incomplete)
