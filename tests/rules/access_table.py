"""The one table of who gets what: every address × every role × within or outside a territory.

A new view is one line here: the roles let in, then, for each record that its address, its query
or what is posted names (`territory_records.RECORDS`), what each asker gets. A view whose address
holds no identifier is a list or a blank form: it opens to its roles, and shows nothing of another
territory (`test_lists.py`). Whoever has no account is sent to the log-in, save where the roles are
PUBLIC: a page for all, or one that opens to who holds the secret in its address.
"""

from dataclasses import dataclass, field

from seniors.enums import Role

OFFICER, MANAGER, EVALUATOR, ADMINISTRATOR = Role
STAFF = {OFFICER, MANAGER, ADMINISTRATOR}
DECIDERS = {MANAGER, ADMINISTRATOR}
READERS = {MANAGER, ADMINISTRATOR, EVALUATOR}
EVERYONE = set(Role)
ONLY_ADMINISTRATOR = {ADMINISTRATOR}
PUBLIC = None  # no log-in
ACCOUNT = "account"  # any account, whatever its role: its own session and password

ASKERS = (
    "owner", "colleague", "manager", "far_officer", "far_manager", "evaluator", "administrator",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """Who an address lets in, and what each asker gets on the records that it names."""

    roles: set[Role] | str | None
    records: dict[str, str] = field(default_factory=dict)


# "in" is neither 403 nor 404; "idle" is answered and changes nothing, "does" changes something.
# fmt: off
#             own  coll mgr  far  farm eval admin
TERRITORY =  "in   in   in   404  404  403  in"
OWN =        "in   404  in   404  404  403  in"   # an officer's own work, and her manager's
ALONE =      "in   403  403  403  403  403  403"  # a phone's keys: its owner's only
SEALED =     "in   idle idle idle idle 403  idle" # forms of another's phone are not opened
DECISION =   "403  403  in   403  404  403  in"   # a manager's, in her territories
ACROSS =     "403  403  404  403  404  403  in"   # the same, on what no manager holds whole
PART =       "403  403  403  403  403  403  in"   # what no manager changes alone
NO_STAFF =   "404  404  404  404  404  403  in"   # what nobody of one territory may see
AFAR =       "404  404  404  in   in   403  in"   # of the other territory, in what both share
AFAR_DECISION = "403 403 404 403 in 403 in"
SILENT =     "in   in   in   idle idle 403  in"   # what is ticked and not hers is passed over
SILENT_DECISION = "403 403 in 403 idle 403 in"
SILENT_OWN = "in   idle in   idle idle 403  in"
DOES =       "does does does 404  404  403  does" # what is posted names a record: it counts
DOES_OWN =   "does idle does idle idle 403  does"
TAKEN =      "idle does does 404  404  403  does" # given to the colleague: she may take it
NAMED_AFAR = "idle idle idle 404  404  403  idle" # it names one of elsewhere: refused, even within
NAMED_AFAR_OWN = "idle idle idle idle idle 403 idle"
# What is posted names the other territory: its own manager alone may, or who has both.
CHOSEN_AFAR = "403 403 idle 403 does 403 does"
# What has no territory:
ADMIN =      "403  403  403  403  403  403  in"   # accounts, imports
CATALOGUE =  "403  403  in   403  in   403  in"   # one of actions, of questions; whole stock
STOCK =      "in   in   in   in   in   in   in"   # figures of the whole stock
HERS =       "in   in   in   in   in   403  in"   # tells of one's own phones, whatever is asked
KEPT =       "403  403  in   403  404  403  404"  # a manager's own filters
BOOK =       "404  404  in   404  404  403  404"  # the same, of a page that officers open too
ASKED =      "403  403  404  403  404  in   in"   # an export: who asked for it, administrators
# Figures of a territory: an evaluator reads campaigns, and the scores of the whole stock.
MEASURE =    "403  403  in   403  404  in   in"
CAMPAIGN =   "in   in   in   404  404  in   in"
RUN =        "in   in   in   404  404  404  in"
# fmt: on

TABLE = {
    "login": View(PUBLIC),
    "accessibility": View(PUBLIC),
    "logout": View(PUBLIC),
    "password_change": View(ACCOUNT),
    "home": View(EVERYONE),
    "seniors:senior-list": View(STAFF),
    "seniors:senior-show": View(STAFF, {"senior": TERRITORY}),
    "seniors:objection-new": View(STAFF, {"senior": TERRITORY}),
    "seniors:objection-lift": View(STAFF, {"objection": TERRITORY}),
    "seniors:senior-correct": View(STAFF, {"senior": TERRITORY}),
    "seniors:fact-correct": View(STAFF, {"fact": TERRITORY}),
    "seniors:consent-withdraw": View(STAFF, {"consent": TERRITORY}),
    "seniors:erase": View(ONLY_ADMINISTRATOR, {"senior": ADMIN}),
    "seniors:letter-show": View(DECIDERS, {"senior": DECISION}),
    "seniors:retention-show": View(ONLY_ADMINISTRATOR),
    "seniors:merge-list": View(DECIDERS),
    "seniors:merge-compare": View(DECIDERS, {"pair": DECISION, "pair across": ACROSS}),
    "seniors:merge-refuse": View(DECIDERS, {"pair": DECISION, "pair across": ACROSS}),
    "seniors:merge-undo": View(DECIDERS, {"merge": DECISION}),
    "seniors:account-list": View(ONLY_ADMINISTRATOR),
    "seniors:account-new": View(ONLY_ADMINISTRATOR),
    "seniors:account-edit": View(ONLY_ADMINISTRATOR, {"account": ADMIN}),
    "seniors:account-password": View(ONLY_ADMINISTRATOR, {"account": ADMIN}),
    "seniors:import-apply": View(ONLY_ADMINISTRATOR, {"import": ADMIN}),
    "seniors:import-cancel": View(ONLY_ADMINISTRATOR, {"import": ADMIN}),
    "seniors:import-close-many": View(ONLY_ADMINISTRATOR, {"import": ADMIN}),
    "seniors:import-columns": View(ONLY_ADMINISTRATOR, {"import": ADMIN}),
    "seniors:import-list": View(ONLY_ADMINISTRATOR),
    "seniors:import-new": View(ONLY_ADMINISTRATOR),
    "seniors:import-refusals": View(ONLY_ADMINISTRATOR, {"import": ADMIN}),
    "seniors:import-restart": View(ONLY_ADMINISTRATOR, {"import under way": ADMIN}),
    "seniors:import-show": View(ONLY_ADMINISTRATOR, {"import": ADMIN}),
    "seniors:run-list": View(EVERYONE),
    "seniors:run-show": View(EVERYONE, {"run": STOCK, "run of a territory": RUN}),
    "seniors:run-check": View(DECIDERS, {"run": CATALOGUE, "run of a territory": DECISION}),
    "seniors:run-start": View(DECIDERS),
    "surveys:campaign-list": View(EVERYONE),
    "surveys:campaign-show": View(EVERYONE, {"campaign": CAMPAIGN}),
    "surveys:campaign-new": View(DECIDERS),
    "surveys:campaign-newcomers": View(DECIDERS, {"campaign": DECISION}),
    "surveys:campaign-silent": View(STAFF, {"campaign": TERRITORY}),
    "surveys:answers-new": View(ONLY_ADMINISTRATOR, {"campaign": ADMIN}),
    "surveys:aside-list": View(STAFF, {"campaign": TERRITORY}),
    "surveys:aside-show": View(STAFF, {"second answer": TERRITORY}),
    "surveys:silence-people": View(STAFF, {"campaign": TERRITORY}),
    "surveys:silence-questions": View(EVERYONE, {"campaign": CAMPAIGN}),
    "surveys:silence-residences": View(STAFF, {"campaign": TERRITORY}),
    "surveys:silence-returns": View(EVERYONE, {"campaign": CAMPAIGN}),
    "surveys:keying-start": View(STAFF, {"campaign": TERRITORY}),
    "surveys:keying-again": View(STAFF, {"campaign": TERRITORY}),
    "surveys:keying-sheet": View(STAFF, {"paper": TERRITORY, "paper from afar": AFAR}),
    "surveys:call-list": View(STAFF, {"campaign": TERRITORY}),
    "surveys:call-next": View(STAFF, {"campaign": TERRITORY}),
    "surveys:call-sheet": View(STAFF, {"person to call": TERRITORY, "person to call afar": AFAR}),
    "surveys:call-save": View(STAFF, {"person to call": TERRITORY, "person to call afar": AFAR}),
    "surveys:call-outcome": View(STAFF, {"person to call": TERRITORY}),
    "surveys:call-undo": View(STAFF, {"call": TERRITORY, "call afar": AFAR}),
    "surveys:call-check": View(DECIDERS, {"call": DECISION, "call afar": AFAR_DECISION}),
    "surveys:printing-start": View(DECIDERS, {"printing to start": DECISION}),
    "surveys:printing-show": View(DECIDERS, {"printing": DECISION, "printing of another": ACROSS}),
    "surveys:printing-file": View(DECIDERS, {"printing": DECISION, "printing of another": ACROSS}),
    "surveys:wave-cancel": View(DECIDERS, {"wave": DECISION, "wave of both": ACROSS}),
    "surveys:wave-file": View(DECIDERS, {"wave": DECISION, "wave of both": ACROSS}),
    "surveys:wave-new": View(DECIDERS, {"campaign": DECISION}),
    "surveys:wave-resume": View(DECIDERS, {"wave": DECISION, "wave of both": ACROSS}),
    "surveys:wave-show": View(DECIDERS, {"wave": DECISION, "wave of both": ACROSS}),
    "surveys:questionnaire-check": View(ONLY_ADMINISTRATOR),
    "surveys:questionnaire-codes": View(DECIDERS, {"questionnaire": CATALOGUE}),
    "surveys:questionnaire-compare": View(DECIDERS),
    "surveys:questionnaire-list": View(DECIDERS),
    "surveys:questionnaire-paper": View(DECIDERS, {"questionnaire": CATALOGUE}),
    "surveys:questionnaire-sample": View(DECIDERS, {"questionnaire": CATALOGUE}),
    "surveys:questionnaire-xlsform": View(DECIDERS, {"questionnaire": CATALOGUE}),
    "visits:action-give": View(
        STAFF,
        {"action": TERRITORY, "follower named": TAKEN, "follower afar": NAMED_AFAR},
    ),
    "visits:action-give-many": View(DECIDERS, {"actions given": SILENT_DECISION}),
    "visits:action-homes": View(STAFF),
    "visits:action-link": View(STAFF, {"action": TERRITORY}),
    "visits:action-list": View(STAFF),
    "visits:action-many": View(STAFF, {"actions posted": SILENT}),
    "visits:action-need-close": View(STAFF, {"need": TERRITORY}),
    "visits:action-need-open": View(STAFF, {"need": TERRITORY}),
    "visits:action-new": View(STAFF, {"senior asked": TERRITORY}),
    "visits:action-paper": View(STAFF, {"action": TERRITORY}),
    "visits:action-show": View(STAFF, {"action": TERRITORY}),
    "visits:action-step": View(
        STAFF, {"action": TERRITORY, "partner named": DOES, "partner named afar": NAMED_AFAR}
    ),
    "visits:action-step-back": View(STAFF, {"action": TERRITORY}),
    "visits:action-withdraw": View(STAFF, {"agreement": TERRITORY}),
    "visits:action-workbook": View(STAFF),
    "visits:device-enrol": View(STAFF),
    "visits:device-key": View(STAFF, {"device": ALONE}),
    "visits:device-list": View(STAFF),
    "visits:device-restore": View(DECIDERS, {"device": DECISION}),
    "visits:device-revoke": View(STAFF, {"device": OWN}),
    "visits:field-away": View(PUBLIC),
    "visits:field-blocked": View(PUBLIC),
    "visits:field-contact": View(STAFF, {"device asked": HERS}),
    "visits:field-day": View(STAFF, {"device asked": ALONE}),
    "visits:field-forms": View(STAFF, {"forms sent": SEALED}),
    "visits:field-page": View(PUBLIC),
    "visits:field-password": View(STAFF),
    "visits:field-photo": View(STAFF, {"photo sent": ALONE}),
    "visits:field-worker": View(PUBLIC),
    "visits:kind-close": View(DECIDERS, {"kind": CATALOGUE}),
    "visits:kind-edit": View(DECIDERS, {"kind": CATALOGUE}),
    "visits:kind-list": View(DECIDERS),
    "visits:kind-move": View(DECIDERS, {"kind": CATALOGUE}),
    "visits:kind-new": View(DECIDERS),
    "visits:aside-show": View(STAFF, {"aside": TERRITORY}),
    "visits:clash-list": View(STAFF),
    "visits:clash-settle": View(STAFF, {"clash": TERRITORY}),
    "visits:form-discard": View(STAFF, {"draft": TERRITORY}),
    "visits:form-drafts": View(STAFF),
    "visits:form-fill": View(STAFF, {"draft": TERRITORY}),
    "visits:form-receipt": View(STAFF, {"form": TERRITORY}),
    "visits:form-review": View(STAFF, {"draft": TERRITORY}),
    "visits:form-save": View(
        STAFF, {"draft": TERRITORY, "partner agreed": DOES, "partner agreed afar": NAMED_AFAR}
    ),
    "visits:list-add": View(STAFF, {"list": OWN, "addition from afar": NO_STAFF}),
    "visits:list-again": View(STAFF, {"list": OWN}),
    "visits:list-discard": View(STAFF, {"list": OWN}),
    "visits:list-form": View(
        STAFF, {"entry": OWN, "entry of another list": NO_STAFF.replace("in", "404")}
    ),
    "visits:list-forms": View(STAFF, {"list": OWN}),
    "visits:list-index": View(STAFF),
    "visits:list-neighbour": View(STAFF, {"neighbour": OWN}),
    "visits:list-new": View(STAFF),
    "visits:list-publish": View(STAFF, {"list": OWN}),
    "visits:list-reach": View(STAFF),
    "visits:list-round": View(STAFF, {"list": OWN}),
    "visits:list-show": View(STAFF, {"list": OWN, "list covered": TERRITORY}),
    "visits:list-skip": View(STAFF, {"entry": OWN}),
    "visits:list-unskip": View(STAFF, {"entry": OWN}),
    "visits:cover-end": View(STAFF, {"cover": OWN}),
    "visits:cover-list": View(
        STAFF,
        {
            "cover asked": DOES_OWN,
            "cover by someone afar": NAMED_AFAR_OWN,
        },
    ),
    "visits:departure-list": View(STAFF),
    "visits:mute-lift": View(STAFF, {"mute": TERRITORY}),
    "visits:week-calendar": View(STAFF, {"week": OWN}),
    "visits:week-cancel": View(STAFF, {"appointment": OWN}),
    "visits:week-event": View(STAFF, {"appointment": OWN}),
    "visits:week-letter": View(STAFF, {"appointment": OWN}),
    "visits:week-letters": View(STAFF, {"week": OWN}),
    "visits:week-move": View(STAFF, {"appointment": OWN}),
    "visits:week-order": View(STAFF, {"week": OWN}),
    "visits:week-outcome": View(STAFF, {"appointment of today": OWN, "entry visited": OWN}),
    "visits:week-outcome-undo": View(STAFF, {"visit posted": TERRITORY}),
    "visits:week-plan": View(STAFF, {"entry planned": OWN, "senior planned": TERRITORY}),
    "visits:week-propose": View(STAFF, {"list posted": OWN}),
    "visits:week-round": View(STAFF, {"week": OWN}),
    "visits:week-set-order": View(STAFF, {"week": OWN}),
    "visits:week-show": View(STAFF, {"week": OWN, "week covered": TERRITORY}),
    "visits:week-take-back": View(STAFF, {"appointments posted": SILENT_OWN}),
    "visits:week-tell": View(STAFF, {"appointments posted": SILENT_OWN}),
    "visits:week-urgent": View(STAFF, {"week": OWN}),
    "visits:week-urgent-see": View(STAFF, {"urgent seen": SILENT}),
    "visits:field-urgent": View(STAFF),
    "visits:list-workbook": View(STAFF, {"list": OWN}),
    "visits:photo-add": View(STAFF, {"room": TERRITORY}),
    "visits:photo-show": View(STAFF, {"photo": TERRITORY}),
    "visits:convention-edit": View(ONLY_ADMINISTRATOR, {"convention": ADMIN}),
    "visits:convention-list": View(ONLY_ADMINISTRATOR),
    "visits:convention-new": View(ONLY_ADMINISTRATOR),
    "visits:release-approve": View(ONLY_ADMINISTRATOR, {"release": ADMIN}),
    "visits:release-file": View(READERS, {"release": ASKED}),
    "visits:release-list": View(READERS),
    "visits:release-new": View(READERS),
    "visits:release-refuse": View(ONLY_ADMINISTRATOR, {"release": ADMIN}),
    "visits:release-show": View(READERS, {"release": ASKED}),
    "visits:partner-attendance": View(
        STAFF, {"partner": TERRITORY, "partner of nowhere": NO_STAFF}
    ),
    "visits:partner-close": View(DECIDERS, {"partner": DECISION, "partner of nowhere": ACROSS}),
    "visits:partner-edit": View(DECIDERS, {"partner": DECISION, "partner of nowhere": ACROSS}),
    "visits:partner-list": View(STAFF),
    "visits:partner-new": View(DECIDERS, {"territory chosen afar": CHOSEN_AFAR}),
    "visits:partner-show": View(
        STAFF,
        {
            "partner": TERRITORY,
            "partner of both": TERRITORY.replace("404", "in"),
            "partner of nowhere": NO_STAFF,
        },
    ),
    "visits:sheet-contest": View(STAFF, {"senior": TERRITORY}),
    "visits:sheet-mute": View(STAFF, {"senior": TERRITORY}),
    "visits:sheet-plan": View(STAFF, {"senior": TERRITORY}),
    "visits:signal-close": View(STAFF, {"signal": TERRITORY}),
    "visits:signal-link-cards": View(STAFF, {"watch link": TERRITORY}),
    "visits:signal-link-new": View(STAFF, {"residence": TERRITORY}),
    "visits:signal-link-poster": View(STAFF, {"watch link": TERRITORY}),
    "visits:signal-link-revoke": View(STAFF, {"watch link": TERRITORY}),
    "visits:signal-links": View(STAFF),
    "visits:signal-list": View(STAFF),
    "visits:signal-match": View(STAFF, {"signal": TERRITORY, "match from afar": NO_STAFF}),
    "visits:signal-new": View(STAFF, {"senior asked": TERRITORY, "residence asked": TERRITORY}),
    "visits:signal-reopen": View(STAFF, {"signal": TERRITORY}),
    "visits:signal-show": View(STAFF, {"signal": TERRITORY}),
    "visits:signal-take": View(STAFF, {"signal": TERRITORY}),
    "visits:signal-yields": View(EVERYONE),
    "visits:measure-add-sites": View(DECIDERS, {"places of a measure": DECISION}),
    "visits:measure-decide": View(DECIDERS, {"decision on a measure": DECISION}),
    "visits:measure-edit": View(DECIDERS, {"measure": DECISION, "measure of both": PART}),
    "visits:measure-compute-all": View(READERS, {"measure": MEASURE}),
    "visits:measure-compute": View(READERS, {"effect of a measure": MEASURE}),
    "visits:measure-effect": View(READERS, {"effect of a measure": MEASURE}),
    "visits:measure-list": View(READERS),
    "visits:measure-new": View(DECIDERS),
    "visits:measure-remove-site": View(DECIDERS, {"place of a measure": DECISION}),
    "visits:measure-sheet": View(READERS, {"measure": MEASURE}),
    "visits:measure-show": View(READERS, {"measure": MEASURE}),
    "visits:programme-edit": View(DECIDERS, {"programme": DECISION}),
    "visits:programme-import": View(DECIDERS),
    "visits:programme-launch": View(DECIDERS, {"works of a programme": DECISION}),
    "visits:programme-list": View(DECIDERS),
    "visits:programme-new": View(DECIDERS, {"residence chosen afar": CHOSEN_AFAR}),
    "visits:programme-remove": View(DECIDERS, {"programme": DECISION}),
    "visits:programme-show": View(DECIDERS, {"programme": DECISION}),
    "visits:surroundings-edit": View(DECIDERS, {"residence": DECISION}),
    "visits:surroundings-import": View(DECIDERS),
    "visits:works-budget": View(DECIDERS),
    "visits:works-budget-edit": View(DECIDERS, {"budget": CATALOGUE}),
    "visits:works-delays": View(DECIDERS),
    "visits:works-invoice": View(DECIDERS, {"invoice": DECISION}),
    "visits:works-invoice-new": View(DECIDERS, {"works to pay": DECISION}),
    "visits:works-invoice-remove": View(DECIDERS, {"invoice": DECISION}),
    "visits:steering-future": View(DECIDERS),
    "visits:steering-future-workbook": View(DECIDERS),
    "visits:steering-recount": View(DECIDERS),
    "visits:steering-report": View(DECIDERS),
    "visits:steering-scenarios": View(DECIDERS),
    "visits:steering-scenarios-workbook": View(DECIDERS),
    "visits:steering-show": View(DECIDERS),
    "visits:steering-workbook": View(DECIDERS),
    "visits:stock-criterion": View(DECIDERS, {"criterion": CATALOGUE}),
    "visits:stock-criterion-new": View(DECIDERS),
    "visits:stock-criterion-remove": View(DECIDERS, {"criterion": CATALOGUE}),
    "visits:stock-decline": View(STAFF, {"home proposed": TERRITORY}),
    "visits:stock-dwelling": View(DECIDERS, {"dwelling": DECISION}),
    "visits:stock-evidence": View(DECIDERS, {"evidence ticked": DECISION}),
    "visits:stock-import": View(DECIDERS),
    "visits:stock-label": View(DECIDERS),
    "visits:stock-level": View(DECIDERS, {"level": CATALOGUE}),
    "visits:stock-level-new": View(DECIDERS),
    "visits:stock-level-raise": View(DECIDERS, {"level": CATALOGUE}),
    "visits:stock-level-remove": View(DECIDERS, {"level": CATALOGUE}),
    "visits:stock-list": View(DECIDERS),
    "visits:stock-note": View(DECIDERS, {"criterion noted": DECISION}),
    "visits:stock-person": View(STAFF, {"senior": TERRITORY}),
    "visits:stock-propose": View(STAFF, {"vacant dwelling": TERRITORY}),
    "visits:stock-refresh": View(DECIDERS),
    "visits:stock-residence": View(DECIDERS, {"residence": DECISION}),
    "visits:stock-vacant": View(DECIDERS),
    "visits:stock-workbook": View(DECIDERS),
    "visits:workbook-ask": View(STAFF),
    "visits:workbook-file": View(STAFF, {"workbook": BOOK}),
    "visits:workbook-show": View(STAFF, {"workbook": BOOK}),
    "visits:works-list": View(DECIDERS),
    "visits:works-lot-cancel": View(DECIDERS, {"lot to cancel": DECISION}),
    "visits:works-lot-list": View(DECIDERS),
    "visits:works-lot-new": View(DECIDERS),
    "visits:works-lot-order": View(DECIDERS, {"lot": DECISION}),
    "visits:works-lot-show": View(DECIDERS, {"lot": DECISION}),
    "visits:works-lot-workbook": View(DECIDERS, {"lot": DECISION}),
    "visits:works-price": View(DECIDERS, {"kind of works": CATALOGUE}),
    "visits:works-prices": View(DECIDERS),
    "visits:works-residence": View(DECIDERS, {"residence": DECISION}),
    "visits:works-show": View(DECIDERS, {"works": DECISION}),
    "visits:works-tax": View(DECIDERS),
    "visits:works-tax-mark": View(DECIDERS, {"tax line": DECISION}),
    "visits:works-tax-workbook": View(DECIDERS, {"tax year": CATALOGUE}),
    "visits:works-view-drop": View(DECIDERS, {"saved view": KEPT}),
    "visits:works-view-save": View(DECIDERS),
    "visits:works-workbook": View(DECIDERS),
    "referral-answer": View(PUBLIC),
    "referral-paper": View(PUBLIC),
    "referral-show": View(PUBLIC),
    "surveys:web-agreements": View(PUBLIC),
    "surveys:web-all": View(PUBLIC),
    "surveys:web-check": View(PUBLIC),
    "surveys:web-clash": View(PUBLIC),
    "surveys:web-forget": View(PUBLIC),
    "surveys:web-home": View(PUBLIC),
    "surveys:web-later": View(PUBLIC),
    "surveys:web-open": View(PUBLIC),
    "surveys:web-question": View(PUBLIC),
    "surveys:web-receipt": View(PUBLIC),
    "surveys:web-start": View(PUBLIC),
    "watch-report": View(PUBLIC),
    "watch-done": View(PUBLIC),
    "watch-complete": View(PUBLIC),
    "watch-send": View(PUBLIC),
    "watch-thanks": View(PUBLIC),
}

# Django's own back office, which no territory parts: what an administrator that `createsuperuser`
# made is answered. Everyone else, any other administrator included, is sent to its log-in.
BACK_OFFICE = {
    "admin:index": 200,
    "admin:app_list": 200,
    "admin:autocomplete": 403,  # nothing is completed
    "admin:jsi18n": 200,
    "admin:password_change": 200,
    "admin:password_change_done": 200,
    "admin:view_on_site": 404,  # a territory has no page
    "admin:seniors_territory_changelist": 200,
    "admin:seniors_territory_add": 200,
    "admin:seniors_territory_change": 200,
    "admin:seniors_territory_delete": 403,  # homes and accounts hang on it
    "admin:seniors_territory_history": 200,
}
# Its log-in and its log-out open to anyone.
BACK_OFFICE_DOORS = {"admin:login", "admin:logout"}
