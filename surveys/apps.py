"""The survey makes itself known to the import engine and to a senior's sheet."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Registers « réponses à l’enquête », what was asked and who replied."""

    name = "surveys"

    def ready(self) -> None:
        """Once the models are loaded."""
        from seniors import erasers, known, merge  # noqa: PLC0415 - needs the models
        from seniors.extract.kinds import register  # noqa: PLC0415
        from surveys import history, merging, terms, told_to_her, withdrawal  # noqa: PLC0415
        from surveys.locking import lock_campaigns  # noqa: PLC0415
        from surveys.receiving.answers import Answers  # noqa: PLC0415

        register(Answers())
        known.add_events(history.events)
        known.add_words(history.words)
        known.add_wordings(history.wording_of)
        erasers.add_lock(lock_campaigns)
        erasers.add_withdrawals(withdrawal.pieces)
        erasers.add_erasures(withdrawal.everything, withdrawal.kept)
        erasers.add_terms(terms.terms)
        known.add_chapters(told_to_her.chapters)
        known.add_consent_ways(history.consent_ways)
        known.add_consent_texts(withdrawal.consent_text)
        merge.add_follower(merging.FOLLOWER)
