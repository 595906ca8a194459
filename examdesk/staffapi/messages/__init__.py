"""Requests, answers and pushes of the staff API: msgpack, typed, each request naming the permission that it needs.

A connection sends `Ask(number, request)` and gets `Told(number, answer)`; pushes come as `Changed`. The first request
is `SignIn`. Sessions and journals are named by their id in hexadecimal; times are ms of the hub's wall clock since 1970
UTC; texts use code-point offsets. Roster entries that never joined have a row with an empty session id and are named
by `student`.
"""

from examdesk.staffapi.messages.audit import *
from examdesk.staffapi.messages.base import *
from examdesk.staffapi.messages.codes import *
from examdesk.staffapi.messages.draws import *
from examdesk.staffapi.messages.editions import *
from examdesk.staffapi.messages.exam import *
from examdesk.staffapi.messages.handing_in import *
from examdesk.staffapi.messages.incidents import *
from examdesk.staffapi.messages.keys import *
from examdesk.staffapi.messages.live import *
from examdesk.staffapi.messages.lost_time import *
from examdesk.staffapi.messages.notices import *
from examdesk.staffapi.messages.offline import *
from examdesk.staffapi.messages.playback import *
from examdesk.staffapi.messages.preflights import *
from examdesk.staffapi.messages.records import *
from examdesk.staffapi.messages.review import *
from examdesk.staffapi.messages.rosters import *
from examdesk.staffapi.messages.session import *
from examdesk.staffapi.messages.signals import *
from examdesk.staffapi.messages.signing_in import *
from examdesk.staffapi.messages.similarity import *
from examdesk.staffapi.messages.times import *
from examdesk.staffapi.messages.wire import *
