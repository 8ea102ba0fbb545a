"""Redaction: no key in any form is kept, and no text takes more time than its length is worth."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadsquared_slots.mock_server.exchanges.redaction import MOST_NAMES, redacted, redacted_body, redacted_headers, redacted_query

KEY = "Kk9-of_a.Test"
NAMES = st.sampled_from(["secretKey", "accessKey", "SECRETKEY", "acess_key", "x-LSQ-AccessKey", "api-key", "token", "Password", "secret"])
FORMS = [
    "{name}={key}&b=1",
    '{{"{name}":"{key}","a":1}}',
    '{{"a name of {name}" : "{key}"}}',
    "{{'{name}': '{key}'}}",
    "{{b'{name}': b'{key}'}}",
    "{{{name}: {key}, a: 1}}",
    ':{name} => "{key}"',
    "{name}: {key}\nb: 1",
    '{name}\t:\n "{key}"',
    "<{name}>{key}</{name}>",
    '<lsq:{name} type="text">{key}</lsq:{name}>',
    "<{name}><![CDATA[{key}]]></{name}>",
    '<add key="{name}" value="{key}"/>',
    '{{"key":"{name}","value":"{key}"}}',
    '{{"name": "{name}", "value": "{key}"}}',
    '[["{name}", "{key}"]]',
    '{{"{name}":["{key}","{key}"]}}',
    '{{"{name}":{{"a":"{key}"}}}}',
    r'{{"text":"{{\"{name}\":\"{key}\"}}"}}',
    "%22{name}%22%3A%22{key}%22",
    "http://localhost/?a=1&{name}%3D{key}",
    "&quot;{name}&quot;:&quot;{key}&quot;",
    "{{{escaped_name}: '{key}'}}",
    '{{"{json_name}":"{key}"}}',
    '{{"{json_name}":"{json_key}"}}',
    '{{"a":"{{\\"{json_name}\\":\\"{json_key}\\"}}"}}',
    "a=1&{percent_name}={percent_key}",
    "http://localhost/?{twice_name}={percent_key}",
    '<a {html_name}="{key}">',
    '--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{key}\r\n--x--',
]


def written(form: str, name: str) -> str:
    """A name and the key in a form; in some, letters are escaped."""
    half = len(name) // 2
    return form.format(
        name=name,
        key=KEY,
        escaped_name="".join(f"\\x{ord(letter):02X}" for letter in name),
        json_name=name[:half] + "".join(f"\\u{ord(letter):04x}" for letter in name[half:]),
        json_key="".join(f"\\u{ord(letter):04X}" for letter in KEY),
        percent_name="".join(f"%{ord(letter):02x}" for letter in name),
        percent_key="".join(f"%{ord(letter):02X}" for letter in KEY),
        twice_name="".join(f"%25{ord(letter):02x}" for letter in name),
        html_name="".join(f"&#{ord(letter)};" for letter in name),
    )


@pytest.mark.parametrize("name", ["secretKey", "accessKey", "secret key", "API_KEY", "password", "x-LSQ-SecretKey", "token"])
@pytest.mark.parametrize("text", ["{name} {key}", "the {name} is {key}, or so", "{name}\t{key}\n", "({name} -> {key})", "{name} 123456789"])
def test_a_key_is_not_kept_in_free_text(text: str, name: str) -> None:
    """Kept as it was: `secretKey K9`."""
    shown = redacted(text.format(name=name, key=KEY))
    assert KEY not in shown
    assert "123456789" not in shown
    assert name in shown


noise = st.lists(
    st.sampled_from(
        [
            "key",
            "secret",
            "$",
            '"',
            "'",
            "\\",
            ":",
            "=",
            " ",
            "\n",
            "{",
            "}",
            "[",
            "<",
            ">",
            "/",
            "a",
            "%22",
            "%4b",
            "\\u004b",
            "&#75;",
            "is ",
            "9",
        ]
    )
).map("".join)


@pytest.mark.parametrize("form", FORMS)
@given(name=NAMES)
def test_a_key_is_not_kept_in_this_form(form: str, name: str) -> None:
    """Kept as they were: `<secretKey>K</secretKey>`, `{'secretKey': 'K'}` and `secretKey: K`."""
    text = written(form, name)
    assert KEY not in redacted(text)
    assert written("{json_key}", "") not in redacted(text)
    assert KEY.encode() not in redacted_body(f'{{"FromDate":"2026-03-02"}}\n{text}'.encode())
    assert KEY not in redacted_headers({"referer": text})["referer"]


@given(NAMES.filter(lambda name: name.lower().endswith(("key", "token", "secret", "password"))), st.sampled_from(["", "/x", "?a=1"]))
def test_a_key_is_not_kept_as_the_segment_behind_its_name(name: str, rest: str) -> None:
    """Kept as it was: `/v2/secretKey/K`."""
    assert redacted(f"/v2/{name}/{KEY}{rest}", is_path=True) == f"/v2/{name}/***{rest}"


@pytest.mark.parametrize("key", ["u$r0123456789abcdef0123456789abcdef", "u%24r0123456789abcdef", "0123456789abcdef" * 2 + "01234567"])
@pytest.mark.parametrize("text", ["{}", "/v2/{}/x", "a {} b", '["{}"]', "<a>{}</a>", "{}=1"])
def test_what_looks_like_a_key_of_the_vendor_is_not_kept_anywhere(text: str, key: str) -> None:
    said = text.format(key)
    assert key not in redacted(said, is_path=True)
    assert key not in redacted_query(said)
    assert key.encode() not in redacted_body(said.encode())
    assert key not in redacted_headers({said: said}).popitem()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32-le"])
def test_a_body_of_wide_characters_is_left_out_when_it_names_a_key(encoding: str) -> None:
    assert redacted_body(f'{{"secretKey":"{KEY}"}}'.encode(encoding)) == b"***"
    plain = '{"FromDate":"2026-03-02"}'.encode(encoding)
    assert redacted_body(plain) == plain


@pytest.mark.parametrize(
    "text",
    [
        '{"Users":["monkey@example.com","secret+token@example.com"]}',
        "client/1.0 (key)",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        '{"id":"477aec30-bfee-11e8-a43f-02742c1c8abe"}',
        "/v2/Key.svc/A%20b/u$rs",
        "The secretKey is missing, and the token expired 5 minutes ago.",
        "password 2 of 3; token 2026-03-02, secret - none",
        '{"subject":"caf\\u00e9 \\u0041nna","note":"50%41 off &#65; %20"}',
        "a key 4 of 5 doors, keyboard K9",
    ],
)
def test_what_is_no_key_stays(text: str) -> None:
    assert redacted(text, is_path=True) == text
    assert redacted_body(text.encode()) == text.encode()


def test_json_stays_json() -> None:
    """A value that is taken out leaves what stood around it."""
    assert redacted('{"secretKey": 5, "a": "key", "token":"x"}') == '{"secretKey": "***", "a": "key", "token":"***"}'


def test_what_follows_very_many_names_is_left_out() -> None:
    text = "key " * MOST_NAMES
    assert redacted(text) == text
    assert redacted(f"{text}secretKey secretKey={KEY}") == f"{text}..."


@given(noise, noise, st.sampled_from(FORMS))
def test_no_text_stops_it(before: str, after: str, form: str) -> None:
    """Whatever stands around a key, redaction ends, without an error, and what looks like a key of the vendor is gone."""
    text = f"{before}{written(form, 'secretKey')} u$r0123456789abcdef {after}"
    assert "0123456789abcdef" not in redacted(text, is_path=True)
    assert b"0123456789abcdef" not in redacted_body(text.encode())


@pytest.mark.whole
@pytest.mark.parametrize(
    "unit",
    [
        "key",
        "key=",
        'key"',
        '"key',
        "key ",
        "key\\",
        'key:"\\',
        "key=[",
        "key={",
        "<key ",
        "key/",
        "u$r",
        "5f3c",
        "%22key",
        "key\t:",
        "ky=",
        "a",
        "secret ",
        "secret a",
        "secretkey is ",
        "token 1",
        "%4bey",
        "\\u004b",
        "&#75;",
        "\\",
        "%25",
    ],
)
def test_the_time_grows_with_the_length(unit: str) -> None:
    """6 KB of `$keykeykey…` took minutes, for it was cubic: eight times the length may take sixteen times as long, at most."""
    short = f"${unit * (8_192 // len(unit))}"
    long = f"${unit * (65_536 // len(unit))}"
    assert time_of(long) < 16 * max(time_of(short), 0.000_2)


@pytest.mark.whole
def test_a_body_as_large_as_is_kept_takes_a_fraction_of_a_second() -> None:
    assert time_of("$" + "key" * 350_000) < 1


def time_of(text: str) -> float:
    """Processor seconds, the best of five."""
    body = text.encode()

    def once() -> float:
        began = process_time()
        redacted(text, is_path=True)
        redacted_body(body)
        redacted_headers({"x": text})
        redacted_query(text)
        return process_time() - began

    return min(once() for _ in range(5))
