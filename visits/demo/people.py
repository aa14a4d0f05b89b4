"""The accounts of the demonstration, and who works where."""

from collections.abc import Iterator

from django.contrib.auth.hashers import make_password

from seniors.enums import Role
from seniors.models import Territory, User

PASSWORD = "bienveille-demo"  # noqa: S105 - printed, for invented people only
OFFICERS = ("Nolwenn Riou", "Erwan Tanguy", "Gaëlle Morvan",
            "Yann Le Bris", "Maud Péron", "Loïc Hamon")  # fmt: skip


def open_accounts() -> str | None:
    """One account per role, one officer per agency, all with the demonstration's password."""
    kept = set(User.objects.values_list("username", flat=True))
    missing = [row for row in people_at_work() if row[0] not in kept]
    password = make_password(PASSWORD) if missing else ""  # slow on purpose: once for all
    for username, first, last, role, names in missing:
        user = User.objects.create(
            username=username, password=password, first_name=first, last_name=last, role=role
        )
        everywhere = Territory.objects.all()
        user.territories.set(everywhere if names is None else everywhere.filter(name__in=names))
    return f"{len(missing)} comptes" if missing else None


def accounts() -> Iterator[tuple[str, str]]:
    """(user name, what it is for) of the demonstration's accounts."""
    everywhere = Territory.objects.count()
    for user in User.objects.filter(username__in=usernames()).order_by("id"):
        names = [territory.name for territory in user.territories.all()]
        where = "tous les territoires" if len(names) == everywhere else ", ".join(names)
        yield user.username, f"{user.get_role_display()}, {where}"


def officers() -> list[User]:
    """Those of the demonstration, one for each agency, in the order of agencies."""
    return list(User.objects.filter(username__in=usernames(), role=Role.OFFICER).order_by("pk"))


def usernames() -> list[str]:
    return [row[0] for row in people_at_work()]


def people_at_work() -> list[tuple[str, str, str, Role, list[str] | None]]:
    """User name, first and last name, role, territories' names (None: all)."""
    rows = [
        ("admin", "Camille", "Administration", Role.ADMINISTRATOR, None),
        ("responsable", "Dominique", "Kerlann", Role.MANAGER, None),
        ("evaluation", "Claude", "Mesure", Role.EVALUATOR, None),
    ]
    for territory, name in zip(Territory.objects.order_by("id"), OFFICERS, strict=False):
        first, last = name.split(" ", 1)
        username = territory.name.rsplit(" ", 1)[-1].lower()
        rows.append((username, first, last, Role.OFFICER, [territory.name]))
    return rows
