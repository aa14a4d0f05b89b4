"""Choosing whom to visit, visiting, what the field reports, and what is done about it."""

from visits.models.action import (
    Action,
    ActionCharge,
    ActionKind,
    ActionStep,
    Agreement,
    Attendance,
    Need,
    Partner,
    Referral,
    ReferralRead,
)
from visits.models.evaluation import (
    Convention,
    Measure,
    MeasureDecision,
    MeasureFigure,
    MeasureSite,
    Release,
    ReleaseRead,
)
from visits.models.field_watch import Signal, SignalSeen, WatchKnock, WatchLink
from visits.models.planning import Appointment, Contest, Cover, Mute
from visits.models.programme import Programme, Surrounding
from visits.models.steering import SteeringCount
from visits.models.stock import (
    HomeOffer,
    StockCriterion,
    StockFinding,
    StockLabel,
    StockLevel,
    StockStanding,
)
from visits.models.visit import AsideForm, Clash, Device, Photo, Visit, VisitDraft, VisitForm
from visits.models.visit_list import Neighbour, VisitList, VisitListEntry
from visits.models.works import Budget, Invoice, SavedView, Works, WorksLot, WorksPrice

__all__ = [
    "Action",
    "ActionCharge",
    "ActionKind",
    "ActionStep",
    "Agreement",
    "Appointment",
    "AsideForm",
    "Attendance",
    "Budget",
    "Clash",
    "Contest",
    "Convention",
    "Cover",
    "Device",
    "HomeOffer",
    "Invoice",
    "Measure",
    "MeasureDecision",
    "MeasureFigure",
    "MeasureSite",
    "Mute",
    "Need",
    "Neighbour",
    "Partner",
    "Photo",
    "Programme",
    "Referral",
    "ReferralRead",
    "Release",
    "ReleaseRead",
    "SavedView",
    "Signal",
    "SignalSeen",
    "SteeringCount",
    "StockCriterion",
    "StockFinding",
    "StockLabel",
    "StockLevel",
    "StockStanding",
    "Surrounding",
    "Visit",
    "VisitDraft",
    "VisitForm",
    "VisitList",
    "VisitListEntry",
    "WatchKnock",
    "WatchLink",
    "Works",
    "WorksLot",
    "WorksPrice",
]
