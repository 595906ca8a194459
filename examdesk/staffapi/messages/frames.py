"""What goes over the wire: requests, answers and pushes, all of them in one place."""

import msgspec

from examdesk.staffapi.messages.audit import AuditLog, GetAudit
from examdesk.staffapi.messages.base import Done, Failed
from examdesk.staffapi.messages.codes import CodeSheet, GetCodeSheet, NewCodes
from examdesk.staffapi.messages.draws import DrawView, GetDraw, Redraw
from examdesk.staffapi.messages.editions import ApplyEdition, EditionPreview, PreviewEdition
from examdesk.staffapi.messages.exam import ExamView, GetExam
from examdesk.staffapi.messages.handing_in import GetHandIns, HandIns
from examdesk.staffapi.messages.incidents import AddIncident, GetIncidents, IncidentList
from examdesk.staffapi.messages.keys import GetKeyFile, KeyFileMade
from examdesk.staffapi.messages.live import Decide, GetLive, GetSeries, LiveTable, LowerHand, Series, SetDoor
from examdesk.staffapi.messages.lost_time import CreditTime, GetLedger, Ledger
from examdesk.staffapi.messages.notices import Delivery, GetDelivery, GetNotices, NoticeList, Say
from examdesk.staffapi.messages.offline import GetDeskFile, ShowStartCode, StartCodeShown
from examdesk.staffapi.messages.playback import GetPlayback, Playback
from examdesk.staffapi.messages.preflights import GetPreflights, PreflightList
from examdesk.staffapi.messages.records import (
    CancelJob,
    ExportPlan,
    FilePiece,
    GetFile,
    GetJob,
    ImportBundle,
    Imported,
    Job,
    PlanExport,
    StartExport,
)
from examdesk.staffapi.messages.review import (
    AddNote,
    Assign,
    GetReviewHistory,
    GetReviews,
    HideNames,
    ReviewHistory,
    ReviewList,
    SetReview,
    SetReviewRules,
)
from examdesk.staffapi.messages.rosters import (
    ApplyRoster,
    GetRoster,
    PreviewRoster,
    PutSection,
    PutStudent,
    RemoveStudent,
    RosterPreview,
    RosterView,
    SetIdentity,
)
from examdesk.staffapi.messages.session import (
    EventList,
    GetEvents,
    GetRuns,
    GetSession,
    GetText,
    RunList,
    SessionView,
    TextView,
)
from examdesk.staffapi.messages.signals import GetSignals, SignalList
from examdesk.staffapi.messages.signing_in import SignedIn, SignIn
from examdesk.staffapi.messages.similarity import (
    AddCorpus,
    CorpusList,
    GetCorpora,
    GetSideBySide,
    GetSimilarity,
    RemoveCorpus,
    SideBySide,
    SimilarityView,
)
from examdesk.staffapi.messages.times import (
    Collect,
    End,
    Extend,
    GetTimes,
    Lock,
    Open,
    Pause,
    Reopen,
    TakeBackOpening,
    Times,
)


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A request on the wire."""

    number: int
    request: "AnyRequest"


class Told(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """An answer on the wire."""

    number: int
    answer: "AnyAnswer"


class Changed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A push: what changed since the last one. Ask again for just these; topics: exam, roster, held, audit, review."""

    sessions: tuple[str, ...]
    topics: tuple[str, ...] = ()


AnyRequest = (
    SignIn
    | GetExam
    | GetLive
    | GetSeries
    | GetSession
    | GetRuns
    | GetText
    | GetEvents
    | GetSimilarity
    | GetSideBySide
    | GetCorpora
    | AddCorpus
    | RemoveCorpus
    | Open
    | End
    | Extend
    | Pause
    | Reopen
    | Say
    | LowerHand
    | Decide
    | SetReview
    | GetRoster
    | PreviewRoster
    | ApplyRoster
    | PutStudent
    | PutSection
    | StartExport
    | PlanExport
    | GetJob
    | CancelJob
    | GetFile
    | ImportBundle
    | GetAudit
    | GetSignals
    | GetHandIns
    | GetNotices
    | GetDelivery
    | GetTimes
    | GetLedger
    | CreditTime
    | GetIncidents
    | Lock
    | Collect
    | AddIncident
    | RemoveStudent
    | SetDoor
    | GetPlayback
    | AddNote
    | Assign
    | SetReviewRules
    | GetReviews
    | GetReviewHistory
    | HideNames
    | NewCodes
    | SetIdentity
    | GetCodeSheet
    | GetKeyFile
    | ShowStartCode
    | GetDraw
    | Redraw
    | PreviewEdition
    | ApplyEdition
    | GetPreflights
    | GetDeskFile
    | TakeBackOpening
)
AnyAnswer = (
    Done
    | Failed
    | SignedIn
    | ExamView
    | LiveTable
    | Series
    | SessionView
    | RunList
    | TextView
    | EventList
    | SimilarityView
    | SideBySide
    | CorpusList
    | RosterView
    | RosterPreview
    | Job
    | ExportPlan
    | FilePiece
    | Imported
    | AuditLog
    | SignalList
    | HandIns
    | NoticeList
    | Delivery
    | Times
    | Ledger
    | IncidentList
    | Playback
    | ReviewList
    | ReviewHistory
    | CodeSheet
    | PreflightList
    | KeyFileMade
    | StartCodeShown
    | DrawView
    | EditionPreview
)
FromHub = Told | Changed

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_encoder = msgspec.msgpack.Encoder()
_asks: msgspec.msgpack.Decoder[Ask] = msgspec.msgpack.Decoder(Ask)
_answers: msgspec.msgpack.Decoder[AnyAnswer] = msgspec.msgpack.Decoder(AnyAnswer)
_tolds: msgspec.msgpack.Decoder[FromHub] = msgspec.msgpack.Decoder(FromHub)


def encode(message: Ask | FromHub) -> bytes:
    """Return a message's bytes."""
    return _encoder.encode(message)


def decode_ask(data: bytes) -> Ask:
    """Read a request; raises msgspec.DecodeError."""
    return _asks.decode(data)


def decode_answer(data: bytes | msgspec.Raw) -> AnyAnswer:
    """Read an answer alone; raises msgspec.DecodeError."""
    return _answers.decode(data)


def decode_from_hub(data: bytes) -> FromHub:
    """Read an answer or a push; raises msgspec.DecodeError."""
    return _tolds.decode(data)
