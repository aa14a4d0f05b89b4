"""The project's own checks and the landlord's kinds of file are registered at the start."""

from django.apps import AppConfig


class SeniorsConfig(AppConfig):
    """Tenant records, what is known of them, and the order of visit."""

    name = "seniors"

    def ready(self) -> None:
        """Once the models are loaded."""
        from seniors import (  # noqa: PLC0415 - needs the models
            checks,  # noqa: F401 - registers on import
            erasers,
            known,
            password,  # noqa: F401 - listens on import
            retention,
            withdrawal,
        )
        from seniors.extract.kinds import register  # noqa: PLC0415
        from seniors.extract.landlord_files import Dwellings, Occupants  # noqa: PLC0415

        known.add_wordings(withdrawal.wording_of)
        erasers.add_terms(retention.terms)
        register(Dwellings())
        register(Occupants())
