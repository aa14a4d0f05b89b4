"""What the steering page shows, as it was last counted."""

from django.db import models


class SteeringCount(models.Model):
    """One period in one territory: derived from the other tables, may be thrown away."""

    territory = models.ForeignKey("seniors.Territory", models.CASCADE, related_name="+")
    period = models.CharField("période", max_length=4)  # a code of `steering.periods`
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    counted_at = models.DateTimeField("compté le")
    chain = models.JSONField()  # {code of a stage: people}
    months = models.JSONField()  # [[first day, {code of a flow: people}]]
    loads = models.JSONField()  # [[id of an officer or null, {count: n}]]

    class Meta:
        verbose_name = "chiffres de pilotage"
        constraints = [
            models.UniqueConstraint(fields=["territory", "period"], name="steering_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.territory_id} {self.period}"
