"""Where people live: Territory > Residence > Dwelling."""

import uuid

from django.db import models

from seniors.models.paired import paired


class Territory(models.Model):
    """An agency of the landlord: the unit of access rights."""

    code = models.CharField("code", max_length=60, unique=True)
    name = models.CharField("nom", max_length=120)

    class Meta:
        ordering = ["name"]
        verbose_name = "territoire"

    def __str__(self) -> str:
        return self.name


class Residence(models.Model):
    """A programme or estate: the neighbours an officer sees on one trip."""

    reference = models.CharField("référence", max_length=160, unique=True)
    name = models.CharField("nom", max_length=160)
    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="residences", verbose_name="territoire"
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "résidence"

    def __str__(self) -> str:
        return self.name


class Dwelling(models.Model):
    """One dwelling, as the landlord's last extract describes it. None means unknown."""

    class Mode(models.IntegerChoices):
        """RPLS MODE (DATA.md section 1): only LET has a tenant."""

        LET = 1, "loué"
        OFFERED = 2, "vacant, proposé à la location"
        EMPTY = 3, "vide"
        ASSOCIATION = 4, "pris en charge par une association"
        OTHER = 5, "autre occupation"
        GONE = 9, "sorti du parc"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField("référence du logement", max_length=160, unique=True)
    residence = models.ForeignKey(
        Residence, models.PROTECT, related_name="dwellings", verbose_name="résidence"
    )
    rpls_id = models.CharField("identifiant RPLS", max_length=20, blank=True)
    street_number = models.CharField("numéro", max_length=20, blank=True)
    street = models.CharField("voie", max_length=160, blank=True)
    complement = models.CharField("complément d’adresse", max_length=160, blank=True)
    postcode = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("commune", max_length=80, blank=True)
    insee_code = models.CharField("code INSEE", max_length=5, blank=True)
    building = models.CharField("bâtiment", max_length=60, blank=True)
    stair = models.CharField("escalier", max_length=30, blank=True)
    door = models.CharField("porte", max_length=30, blank=True)
    floor = models.SmallIntegerField("étage", null=True, blank=True)
    has_lift = models.BooleanField("ascenseur", null=True, blank=True)
    is_collective = models.BooleanField("immeuble collectif", null=True, blank=True)
    is_accessible = models.BooleanField("accessible PMR", null=True, blank=True)
    is_adapted = models.BooleanField("adapté", null=True, blank=True)
    in_priority_district = models.BooleanField("quartier prioritaire", null=True, blank=True)
    rooms = models.PositiveSmallIntegerField("pièces", null=True, blank=True)
    surface = models.FloatField("surface (m²)", null=True, blank=True)
    built_in = models.PositiveSmallIntegerField("année de construction", null=True, blank=True)
    energy_class = models.CharField("classe DPE", max_length=1, blank=True)
    energy_on = models.DateField("date du DPE", null=True, blank=True)
    mode = models.PositiveSmallIntegerField(
        "occupation", choices=Mode.choices, null=True, blank=True
    )
    rent = models.FloatField("loyer principal (€)", null=True, blank=True)
    household_size = models.PositiveSmallIntegerField("occupants", null=True, blank=True)
    latitude = models.FloatField("latitude", null=True, blank=True)
    longitude = models.FloatField("longitude", null=True, blank=True)
    gone_on = models.DateField("absent des extraits depuis", null=True, blank=True)
    # 64-bit digest of the mapped cells of the row last applied: an equal row is not read again.
    row_digest = models.BigIntegerField(null=True, editable=False)
    read_in = models.ForeignKey(
        "seniors.ImportRun",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        db_index=False,  # never searched by
    )

    class Meta:
        verbose_name = "logement"
        constraints = [
            paired("dwelling_latitude_with_longitude", "latitude", "longitude"),
        ]
        indexes = [models.Index(fields=["street", "street_number"], name="dwelling_street")]

    def __str__(self) -> str:
        return self.reference

    @property
    def address_line(self) -> str:
        """Number and street."""
        return f"{self.street_number} {self.street}".strip()

    @property
    def city_line(self) -> str:
        """Postcode and town, as on an envelope."""
        return f"{self.postcode} {self.city}".strip()


class HomeCorrection(models.Model):
    """A fact of a dwelling found otherwise at the door than the landlord's file says it.

    The dwelling has what was found; what the file said stays here, so that a file that says it
    again undoes nothing. Once a file says something else, or the same, the row goes.
    """

    dwelling = models.ForeignKey(
        Dwelling,
        models.CASCADE,
        related_name="corrections",
        db_index=False,  # the constraint's
    )
    field = models.CharField(max_length=20)  # a column of Dwelling
    file_said = models.JSONField(null=True)
    on = models.DateField("le")
    by = models.ForeignKey("seniors.User", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name = "correction du logement"
        constraints = [
            models.UniqueConstraint(
                fields=["dwelling", "field"], name="home_correction_once_per_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dwelling_id} {self.field}"
