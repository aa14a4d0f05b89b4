"""The visits: made known to a senior’s sheet; an empty catalogue and its prices are filled."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VisitsConfig(AppConfig):
    """Adds visits and signals to a senior's history."""

    name = "visits"

    def ready(self) -> None:
        """Once the models are loaded."""
        from seniors import (  # noqa: PLC0415
            applied,
            departed,
            erasers,
            known,
            moves,
            objections,
        )
        from visits import (  # noqa: PLC0415
            erasing,
            history,
            on_sheet,
            tasks,
            terms,
            told_to_her,
            withdrawal,
        )
        from visits.acting import catalogue, lives_in  # noqa: PLC0415
        from visits.agenda import closing  # noqa: PLC0415
        from visits.stock import label  # noqa: PLC0415
        from visits.works import declared, prices  # noqa: PLC0415

        departed.add_source(closing.said_gone)
        departed.add_listener(closing.hear)
        objections.add_listener(closing.hear_objection)
        moves.add_follower(lives_in.keep)
        moves.add_home_follower(lives_in.keep_made_in)
        applied.add_follower(tasks.follow_import)
        known.add_events(history.events)
        known.add_words(declared.words)
        known.add_wordings(history.wording_of)
        known.add_panels(on_sheet.panels)
        known.add_gestures(on_sheet.gestures)
        erasers.add_withdrawals(withdrawal.pieces)
        erasers.add_erasures(erasing.everything, erasing.kept)
        erasers.add_terms(terms.terms)
        known.add_chapters(told_to_her.chapters)
        known.add_consent_texts(withdrawal.consent_text)
        # Django's own way to fill a table that must not be empty, as it does for permissions.
        post_migrate.connect(catalogue.begin, sender=self)
        post_migrate.connect(prices.begin, sender=self)
        post_migrate.connect(label.begin, sender=self)
