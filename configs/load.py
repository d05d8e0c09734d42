"""A city's YAML → `CityPlan`, or a ConfigError that names file, key and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from configs import packaged
from configs.reading import read_yaml
from configs.travel_matrix import with_drives
from domain.category import Category, Strict
from domain.city import City, CityPlan
from domain.config_errors import as_config_error, nearest
from domain.errors import ConfigError
from domain.words import SCHEMA_VERSION

Model = TypeVar("Model", bound=Strict)

ADDED = {"base_dir", "file"}
"""Fields of City that the loader fills, not the YAML."""


def city_names() -> list[str]:
    """Cities that ship with crewcast."""
    return list(packaged("cities"))


def load_city(name_or_path: str) -> CityPlan:
    """The city of that name, or of the YAML at that path, with its categories resolved.

    A name is looked up among the packaged cities first. `City.base_dir` is the YAML's folder: relative paths in it
    start there. `City.categories` holds names, also where the YAML gives paths. Raises ConfigError.
    """
    file = _city_file(name_or_path)
    content = _versioned(file)
    for key in ADDED & content.keys():
        raise ConfigError(f"{file}: {key}: unknown key", remedy="remove it: paths start where the YAML lies", file=file)
    city = with_drives(_validated(City, content | {"base_dir": file.resolve().parent, "file": file}, file), file)
    categories = tuple(_category(entry, file) for entry in city.categories)
    names = [c.category for c in categories]
    if double := sorted({n for n in names if names.count(n) > 1}):
        raise ConfigError(f"{file}: categories: named twice: {', '.join(double)}", remedy="name each once", file=file)
    return CityPlan(city=city.model_copy(update={"categories": tuple(names)}), categories=categories)


def category(name: str) -> Category:
    """A packaged category. Raises ConfigError naming those there are."""
    known = packaged("categories")
    if name not in known:
        raise ConfigError(
            f"there is no category '{name}'{_nearest(name, list(known))}",
            remedy=f"use one of {', '.join(known)}, or the path of a YAML",
            category=name,
        )
    return _validated(Category, _versioned(known[name]), known[name])


def _city_file(name_or_path: str) -> Path:
    known = packaged("cities")
    if name_or_path in known:
        return known[name_or_path]
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    looks_like_path = path.suffix in (".yaml", ".yml") or len(path.parts) > 1
    what = f"there is no file {path}" if looks_like_path else f"there is no city '{name_or_path}'"
    raise ConfigError(
        what + _nearest(name_or_path, list(known)),
        remedy=f"use one of {', '.join(known)}, or the path of a YAML",
        city=name_or_path,
    )


def _category(entry: str, city_file: Path) -> Category:
    if not entry.endswith((".yaml", ".yml")):
        try:
            return category(entry)
        except ConfigError as error:
            raise ConfigError(
                f"{city_file}: categories: {error.what}", remedy=error.remedy, file=city_file, key="categories"
            ) from error
    file = city_file.resolve().parent / entry
    return _validated(Category, _versioned(file), file)


def _versioned(file: Path) -> dict[str, object]:
    content = read_yaml(file)
    found = content.get("schema")
    if found != SCHEMA_VERSION or isinstance(found, bool):
        state = "is missing" if found is None else f"is {found!r}"
        raise ConfigError(
            f"{file}: schema {state}; this version of crewcast reads schema {SCHEMA_VERSION}",
            remedy=f"write 'schema: {SCHEMA_VERSION}' if the file is of that version, else convert it",
            file=file,
            key="schema",
            value=found,
        )
    return content


def _validated(model: type[Model], content: dict[str, object], file: Path) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise as_config_error(error, model, file=file) from error


def _nearest(word: str, known: list[str]) -> str:
    close = nearest(word, known)
    return f"; did you mean '{close}'?" if close else ""
