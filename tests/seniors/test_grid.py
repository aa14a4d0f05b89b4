"""The points grid: the shipped one loads, a bad one says all that is wrong, line by line."""

from pathlib import Path

import pytest

from seniors.fragility import grid, items

SHIPPED = Path(grid.__file__).parent / "grids" / "bienveille.toml"
TEXT = """version = "essai"
answers_valid_months = 24
minimum_known_share = 0.4

[[bands]]
code = "high"
label = "Haut"
from = 50

[[bands]]
code = "low"
label = "Bas"
from = 0

[[indicators]]
code = "falls"
domain = "autonomy"
label = "Chutes"
levels = [
    { from = 1, points = 4, words = "une chute" },
    { from = 2, points = 9, words = "est tombé{e} deux fois" },
]
unknown = 0.2
sensitive = true
source = "jugement"

[[indicators]]
code = "lsns6"
domain = "isolation"
label = "Liens"
levels = [{ upto = 11, points = 4, words = "peu de liens" }]
unknown = 0.2
source = "jugement"

[silence]
months = 12

[[silence.indicators]]
code = "months_silent"
label = "Silence"
levels = [{ from = 12, points = 4, words = "sans nouvelles" }]
unknown = 0.5
source = "jugement"
"""


def problems(*changes):
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(grid.GridError) as caught:
        grid.load(text)
    return caught.value.problems


def test_shipped_grid_loads_and_each_weight_has_its_source():
    shipped = grid.load(SHIPPED.read_text(encoding="utf-8"))

    assert {one.domain for one in shipped.indicators} == set(grid.DOMAINS)
    assert all(len(one.source) >= len("jugement") for one in shipped.indicators)
    assert "wants_visit" not in shipped.inputs


def weight_by_domain():
    weight = dict.fromkeys(grid.DOMAINS, 0.0)
    for one in grid.load(SHIPPED.read_text(encoding="utf-8")).indicators:
        weight[one.domain] += one.max_points
    return weight


def test_shipped_grid_weighs_autonomy_then_isolation_then_home_then_rights():
    weight = weight_by_domain()

    assert sorted(weight, key=weight.get) == ["rights", "home", "isolation", "autonomy"]


def test_page_on_the_grid_states_its_weights_sources_and_codes():
    page = (SHIPPED.parents[3] / "docs" / "grid.md").read_text(encoding="utf-8")
    weight = {domain: f"{points:g}" for domain, points in weight_by_domain().items()}

    assert (
        f"autonomy and falls {weight['autonomy']}, isolation {weight['isolation']}, "
        f"home {weight['home']}, rights and means {weight['rights']}"
    ) in " ".join(page.split())
    assert [code for code in items.RECORD if f"`{code}`" not in page] == []
    assert [code for code in items.ITEMS if code not in page and not lsns(code)] == []


def lsns(code):
    return code.startswith("lsns_")


def test_grid_is_read_into_levels_bands_and_inputs():
    read = grid.load(TEXT)

    falls, lsns6 = read.indicators
    assert (falls.rising, lsns6.rising) == (True, False)
    assert [falls.level(value) and falls.level(value).points for value in (0, 1, 2, 3)] == [
        None,
        4,
        9,
        9,
    ]
    assert (lsns6.level(12), lsns6.level(11).points) == (None, 4)
    assert falls.unknown_points == pytest.approx(1.8)
    assert read.inputs == ("falls", "lsns6", "months_silent")
    assert (read.band_label("low"), read.band_label("")) == ("Bas", "On ne sait pas assez")


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (('code = "falls"', 'code = "fals"'), 16, "Vouliez-vous dire « falls » ?"),
        (('code = "lsns6"', 'code = "lsn6"'), 28, "Vouliez-vous dire « lsns6 » ?"),
        (('domain = "autonomy"', 'domain = "autonomie"'), 17, "Vouliez-vous dire « autonomy » ?"),
        (("from = 2, points = 9,", "from = 2, points = -9,"), 21, "points négatifs (-9)"),
        (("from = 2, points = 9,", "from = 2, points = 4,"), 21, "il en faut plus"),
        (("from = 1, points = 4,", "from = 1, points = 0,"), 20, "il en faut plus"),
        (("from = 2, points = 9,", "from = 2,"), 21, "il manque « points »"),
        (("from = 2, points = 9,", 'from = 2, points = "9",'), 21, "il manque « points »"),
        (("from = 2, points = 9,", "from = 2, points = true,"), 21, "il manque « points »"),
        (("from = 2, points = 9,", "from = 1, points = 9,"), 21, "du moins au plus sérieux"),
        (("from = 2, points = 9,", "upto = 2, points = 9,"), 21, "le même partout"),
        (("from = 2, points = 9,", "from = 2, point = 9,"), 21, "il manque « points »"),
        (("est tombé{e} deux fois", "est tombé{a} deux fois"), 21, "« {a} »"),
        (("est tombé{e} deux fois", "est fragile"), 21, "juge la personne"),
        (("est tombé{e} deux fois", ""), 21, "il manque « words »"),
        (("unknown = 0.2\nsensitive", "unknown = 0\nsensitive"), 23, "entre 0 et 1 exclus"),
        (("unknown = 0.2\nsensitive", "unknown = 1\nsensitive"), 23, "entre 0 et 1 exclus"),
        (("unknown = 0.2\nsensitive", "unknow = 0.2\nsensitive"), 23, "dire « unknown » ?"),
        (('sensitive = true\nsource = "jugement"', "sensitive = true"), 15, "« source »"),
        (('source = "jugement"', 'source = ""'), 25, "« source »"),
        (("sensitive = true\n", ""), 15, "écrire sensitive = true"),
        (('code = "lsns6"', 'code = "falls"'), 28, "sert déjà"),
        (('code = "low"', 'code = "high"'), 11, "sert déjà"),
        (("from = 0", "from = 10"), 13, "commence à 0"),
        (("from = 50", "from = 0"), 13, "du plus haut au plus bas"),
        (("from = 50", "from = 150"), 8, "de 0 à 100"),
        (("months = 12", "months = 0"), 36, "nombre de mois"),
        (("answers_valid_months = 24", "answers_valid_months = 2.5"), 2, "nombre de mois"),
        (("minimum_known_share = 0.4", "minimum_known_share = 40"), 3, "entre 0 et 1"),
        (('version = "essai"\n', ""), 1, "« version »"),
        (('version = "essai"', 'version = "essai"\nverison = 2'), 2, "dire « version » ?"),
        (('code = "months_silent"', 'code = "age"'), 35, "doit compter « months_silent »"),
    ],
)
def test_mistake_is_named_with_its_line(change, line, said):
    assert any(at == line and said in sentence for at, sentence in problems(change))


def test_all_mistakes_are_said_at_once_in_order_of_line():
    found = problems(
        ('code = "falls"', 'code = "fals"'),
        ("from = 2, points = 9,", "from = 2, points = -9,"),
        ("months = 12", "months = 0"),
    )

    assert [line for line, _ in found] == [16, 21, 24, 36]


def test_text_that_is_no_toml_says_where():
    ((line, said),) = problems(('label = "Chutes"', 'label = "Chutes'))

    assert line == 18
    assert "TOML" in said


@pytest.mark.parametrize(
    "text", ["", "indicators = 3", "[[indicators]]", "silence = 2\nbands = []"]
)
def test_empty_or_misshapen_grid_is_refused_not_crashed_on(text):
    with pytest.raises(grid.GridError):
        grid.load(text)


ODD = [
    "[]",
    "[1]",
    "{}",
    "{ a = 1 }",
    "[{}]",
    "-1",
    "nan",
    "inf",
    "1e300",
    "true",
    '""',
    "1979-05-27",
]


def refusals(text):
    try:
        grid.load(text)
    except grid.GridError as error:
        return error.problems
    return []


@pytest.mark.parametrize("odd", [None, *ODD])
def test_any_key_gone_or_odd_is_refused_with_its_line_or_harmless(odd):
    lines = TEXT.splitlines()
    for number, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        other = f"{key} = {odd}" if odd and equals and not key.startswith(" ") else ""
        text = "\n".join([*lines[:number], other, *lines[number + 1 :]])

        assert all(1 <= at <= len(lines) and said for at, said in refusals(text))


def test_error_reads_as_a_list_for_a_person():
    with pytest.raises(grid.GridError, match="Ligne 36 : months attend"):
        grid.load(TEXT.replace("months = 12", "months = 0"))


def test_every_sensitive_code_is_marked_in_the_shipped_grid():
    shipped = grid.load(SHIPPED.read_text(encoding="utf-8"))

    marked = {one.code for one in shipped.indicators if one.sensitive}
    assert marked == {one.code for one in shipped.indicators if items.is_sensitive(one.code)}
    assert marked
