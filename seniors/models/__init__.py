"""The records that every part of Bienveille shares."""

from seniors.models.account import User
from seniors.models.held import HeldFigure
from seniors.models.journal import AccessLog, ImportMapping, ImportRun, RecordChange
from seniors.models.observation import Observation
from seniors.models.place import Dwelling, HomeCorrection, Residence, Territory
from seniors.models.score import FragilityScore, GridVersion, ScoreRun
from seniors.models.senior import Consent, Merge, Objection, Senior, Stay

__all__ = [
    "AccessLog",
    "Consent",
    "Dwelling",
    "FragilityScore",
    "GridVersion",
    "HeldFigure",
    "HomeCorrection",
    "ImportMapping",
    "ImportRun",
    "Merge",
    "Objection",
    "Observation",
    "RecordChange",
    "Residence",
    "ScoreRun",
    "Senior",
    "Stay",
    "Territory",
    "User",
]
