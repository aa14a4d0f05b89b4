"""Makers of records: sane defaults, keywords to change them."""

from datetime import date
from itertools import count

from seniors.enums import Role, Sex
from seniors.extract.text import search_key
from seniors.models import Dwelling, Residence, Senior, Territory, User

_numbers = count(1)


def make_territory(name: str | None = None) -> Territory:
    """A territory of its own."""
    name = name or f"Agence {next(_numbers)}"
    return Territory.objects.create(code=name.lower()[:60], name=name)


def make_residence(territory: Territory | None = None, **fields) -> Residence:
    """A residence of `territory`, or of a new one."""
    number = next(_numbers)
    fields = {"reference": f"R{number}", "name": f"Résidence {number}"} | fields
    return Residence.objects.create(territory=territory or make_territory(), **fields)


def make_dwelling(residence: Residence | None = None, **fields) -> Dwelling:
    """A let dwelling of `residence`, or of a new one."""
    fields = {
        "reference": f"L{next(_numbers)}",
        "mode": Dwelling.Mode.LET,
        "street_number": "3",
        "street": "rue de Siam",
        "postcode": "29200",
        "city": "Brest",
        "insee_code": "29019",
    } | fields
    return Dwelling.objects.create(residence=residence or make_residence(), **fields)


def make_senior(dwelling: Dwelling | None = None, **fields) -> Senior:
    """A senior housed in `dwelling`, or in a new one; pass `ended_on` and `end` if she left."""
    fields = {
        "reference": f"P{next(_numbers)}",
        "title": "Mme",
        "last_name": "Le Goff",
        "first_name": "Jeanne",
        "sex": Sex.FEMALE,
        "born_on": date(1940, 5, 17),
    } | fields
    if "ended_on" not in fields:
        fields["dwelling"] = dwelling or make_dwelling()
    fields["search_name"] = search_key(fields["last_name"], fields["first_name"])
    return Senior.objects.create(**fields)


def make_user(role: Role = Role.OFFICER, *territories: Territory, **fields) -> User:
    """An account with that role in those territories; its password is `mot-de-passe`."""
    fields = {"username": f"compte{next(_numbers)}"} | fields
    user = User.objects.create_user(password="mot-de-passe", role=role, **fields)
    user.territories.set(territories)
    return user
