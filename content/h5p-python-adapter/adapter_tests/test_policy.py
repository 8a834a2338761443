"""What a host hands over is no way around the policy."""

from inspect import signature

from h5p_python_adapter.player.policy import document_headers


def test_what_is_no_origin_of_a_frame_does_not_end_the_policy() -> None:
    given = dict.fromkeys(signature(document_headers).parameters, "https://host.example")
    hostile = ["https://video.example", "; script-src *", "https://a.example/path", "http://b.example", "*"]
    headers = document_headers(**{**given, "frames": hostile})
    parts = [part.split() for part in headers["Content-Security-Policy"].split("; ")]
    policy = {name: values for name, *values in parts}
    assert len(policy) == len(parts), "no directive stands twice"
    assert policy["frame-src"] == ["https://video.example"]
    assert not {*hostile[1:]} & {value for values in policy.values() for value in values}
    assert headers["Connection-Allowlist"] == '(response-origin "https://video.example/*")'
