"""Every message that a module declares goes over the wire, without a list of them that somebody could forget."""

import importlib
import pkgutil
from typing import get_args

import pytest

from examdesk.staffapi import messages as api


def declared(kind):
    """Return the messages of all modules of the package, also of one that `__init__` forgot."""
    modules = [importlib.import_module(each.name) for each in pkgutil.iter_modules(api.__path__, f"{api.__name__}.")]
    found = {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, kind) and each.__module__ == module.__name__
    }
    return {each for each in found if not each.__subclasses__()}


@pytest.mark.parametrize(("kind", "union"), [(api.Request, "AnyRequest"), (api.Answer, "AnyAnswer")])
def test_what_is_declared_takes_part(kind, union):
    assert declared(kind) == set(get_args(getattr(api, union)))


def test_each_message_is_told_apart_by_its_name():
    ask = api.Ask(7, api.GetSession(session="00"))
    assert api.decode_ask(api.encode(ask)) == ask
    told = api.Told(7, api.Done(sentence="Done."))
    assert api.decode_from_hub(api.encode(told)) == told
