import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.discovery.joining import (
    DEFAULT_PORT,
    Address,
    Destination,
    join_code,
    make_join_file,
    make_link,
    parse_address,
    parse_destination,
    parse_link,
    read_join_file,
)
from shared.ids import ExamId
from shared.problems import InputProblem

ports = st.integers(1, 65535)
ipv4 = st.ip_addresses(v=4).map(str)
hosts = st.one_of(ipv4, st.ip_addresses(v=6).map(str), st.just("laptop-3.local"))
addresses = st.builds(Address, hosts, ports)
destinations = st.builds(
    Destination,
    st.lists(addresses, min_size=1, max_size=16).map(tuple),
    st.sampled_from(["", "Quiz 2: Coordinates & Vectors", "Prüfung 100 % #1"]),
    st.none() | st.binary(min_size=16, max_size=16).map(ExamId),
    st.none() | st.binary(min_size=32, max_size=32),
)


@given(addresses)
def test_an_address_is_read_as_it_is_written(address):
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("typed", "host", "port"),
    [
        ("192.168.1.5", "192.168.1.5", DEFAULT_PORT),
        (" 192.168.1.5 : 8000 ", "192.168.1.5", 8000),
        ("192,168,1,5", "192.168.1.5", DEFAULT_PORT),
        ("https://192.168.1.5:8000/", "192.168.1.5", 8000),
        ("fe80::1%eth0", "fe80::1%eth0", DEFAULT_PORT),
        ("[2001:DB8::1]:99", "2001:db8::1", 99),
        ("2001:db8::1", "2001:db8::1", DEFAULT_PORT),
        ("[::1]", "::1", DEFAULT_PORT),
        ("Laptop.local.", "laptop.local.", DEFAULT_PORT),
        ("müller.local", "xn--mller-kva.local", DEFAULT_PORT),
        ("exam-hub", "exam-hub", DEFAULT_PORT),
    ],
)
def test_an_address_may_be_typed_in_many_ways(typed, host, port):
    assert parse_address(typed) == Address(host, port)
    assert Address(host, port) in parse_destination(typed).addresses


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type the address"),
        ("192.168.1", "four numbers"),
        ("192.168.1.5.6", "four numbers"),
        ("192.168..5", "four numbers"),
        ("192.168.1.300", "300 is too large"),
        ("192.168.01.5", "zeros in front"),
        ("192.168.1.5:0", "from 1 to 65535"),
        ("192.168.1.5:70000", "from 1 to 65535"),
        ("192.168.1.5:", "from 1 to 65535"),
        ("192.168.1.5:8o", "not “8o”"),
        ("[fe80::1", r"\[address\]:port"),
        ("[fe80::1]8000", r"\[address\]:port"),
        ("fe80::1::2", "complete IPv6"),
        ("my laptop", "isn't an address"),
        ("-x-", "isn't an address"),
        ("a..b", "isn't an address"),
        ("é" * 300, "isn't an address"),
        ("x" * 300, "isn't an address"),
        ("examdesk://join", "damaged or incomplete"),
        ("examdesk://join?e=zz&a=1.2.3.4", "damaged or incomplete"),
        ("examdesk://join?e=00&a=1.2.3.4", "damaged or incomplete"),
        ("examdesk://join?n=x", "damaged or incomplete"),
        ("examdesk://join?" + "a=1.2.3.4&" * 40, "damaged or incomplete"),
        ("examdesk://join?a=1.2.3.4&p=x", "from 1 to 65535"),
    ],
)
def test_a_wrong_address_is_explained(typed, says):
    with pytest.raises(InputProblem, match=says):
        parse_destination(typed)


@given(st.text(max_size=60) | st.text(alphabet="0123456789.:[]abcdef%/-?=&", max_size=60))
def test_any_text_is_a_destination_or_a_sentence(text):
    for typed in (text, "examdesk://join?" + text):
        try:
            destination = parse_destination(typed)
        except InputProblem:
            continue
        assert destination.addresses


@given(ipv4, ports | st.just(DEFAULT_PORT))
def test_a_join_code_means_its_address(host, port):
    address = Address(host, port)
    code = join_code(address)
    assert len(code.replace("-", "")) == (8 if port == DEFAULT_PORT else 11)
    assert parse_destination(code.lower().replace("0", "o")).addresses[0] == address


@given(ipv4, st.integers(0, 7))
def test_a_mistyped_join_code_is_not_another_address(host, index):
    code = list(join_code(Address(host)).replace("-", ""))
    code[index] = "X" if code[index] != "X" else "W"
    try:
        found = parse_destination("".join(code)).addresses
    except InputProblem:
        return
    assert all(not is_numeric(one.host) for one in found)


def is_numeric(host):
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("host", ["laptop.local", "fe80::1"])
def test_only_ipv4_has_a_join_code(host):
    with pytest.raises(InputProblem, match="IPv4"):
        join_code(Address(host))


@given(destinations)
def test_a_link_says_the_same_at_the_other_end(destination):
    link = make_link(destination)
    assert parse_link(link) == destination
    assert parse_destination(link) == destination


@given(st.lists(hosts, min_size=1, max_size=16), ports)
def test_a_join_file_says_the_same_at_the_other_end(where, port):
    data = make_join_file(where, port, ExamId(b"e" * 16), b"f" * 32, "Quiz")
    assert read_join_file(data) == Destination(
        tuple(Address(one, port) for one in where), "Quiz", ExamId(b"e" * 16), b"f" * 32
    )
    assert read_join_file(b"\xef\xbb\xbf" + data).title == "Quiz"


@pytest.mark.parametrize(
    "change",
    [
        {"addresses": []},
        {"addresses": ["x"] * 17},
        {"port": 0},
        {"exam": "00"},
        {"fingerprint": None},
        {"addresses": [1]},
        {"addresses": ["1.2.3"]},
    ],
)
def test_a_wrong_join_file_is_explained(change):
    content = json.loads(make_join_file(["1.2.3.4"], 5, ExamId(b"e" * 16), b"f" * 32, "Quiz")) | change
    with pytest.raises(InputProblem):
        read_join_file(json.dumps(content).encode())


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"[" * 100_000, bytes(100_000)])
def test_another_file_is_no_join_file(data):
    with pytest.raises(InputProblem):
        read_join_file(data)
