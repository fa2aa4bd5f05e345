"""Parameters that an endpoint refuses: reads the refusal and does not send them again.

Providers differ in what they accept and in how they refuse; the forms below are those of OpenAI,
Azure, Mistral, Gemini, Groq, xAI, Anthropic, DeepSeek, Moonshot, Fireworks, vLLM, llama.cpp and
LiteLLM. A refusal is stored beside the replies, so that a later run knows it from the start, even
if all its replies are stored.
"""

import re
from collections.abc import Callable, Collection
from html import unescape
from typing import Final

from ultralink_data.llm.cache import ReplyCache
from ultralink_data.llm.endpoint import NEW_LIMIT, OLD_LIMIT, OPTIONAL, PARAMETERS, Endpoint

_CODES: Final = {"unsupported_parameter", "unsupported_value", "unknown_parameter"}
"""Codes that say it without words; `param` then names the parameter."""

_REFUSING: Final = {400, 422}
"""Statuses of a body that is at fault."""

_Q: Final = "['\"`]"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # OpenAI, llama.cpp: Unsupported parameter: 'max_tokens' is not supported with this model.
        rf"un(?:supported|known|recognized) (?:param(?:eter)?|value|field|argument)s?: *{_Q}?(\w+)",
        # Azure: Unrecognized request arguments supplied: seed, stop
        r"unrecognized request arguments? supplied: *(\w+)",
        # OpenAI: Invalid parameter: 'response_format' of type 'json_schema' is not supported
        rf"invalid parameter: *{_Q}?(\w+){_Q}?[^.]*not supported",
        # Gemini: Unknown name "seed": Cannot find field.
        rf"unknown name {_Q}(\w+){_Q}: cannot find field",
        # Mistral, vLLM: {'type': 'extra_forbidden', 'loc': ['body', 'seed'], ...
        rf"extra_forbidden{_Q}, *{_Q}loc{_Q}: *[\[(]{_Q}body{_Q}, *{_Q}(\w+){_Q}[\])]",
        # Fireworks: Extra inputs are not permitted, field: 'seed'
        rf"extra inputs are not permitted, field: *{_Q}(\w+)",
        # Anthropic: seed: Extra inputs are not permitted
        rf"(?<![.\w])(\w+){_Q}?: *extra inputs are not permitted",
        # Groq: property 'seed' is unsupported, did you mean 'stop'?
        rf"(?:property|parameter|argument) {_Q}?(\w+){_Q}? is (?:not supported|unsupported)",
        # xAI: Argument not supported on this model: stop
        r"(?:argument|parameter)s? not supported on this model: *(\w+)",
        # xAI, LiteLLM: does not support parameters: ['temperature'], for model=o1
        rf"(?:does not|doesn't) support (?:the )?param(?:eter)?s?:? *[\[{{]?{_Q}?(\w+)",
        # vLLM: Torch XLA does not support per-request seed.
        r"does not support per-request (\w+)",
        # Anthropic: `temperature` and `top_p` cannot both be specified for this model.
        rf"{_Q}?temperature{_Q}? and {_Q}?(top_p){_Q}? cannot both be specified",
        # Anthropic: `temperature` is deprecated for this model.
        rf"{_Q}?\b(\w+){_Q}? is (?:deprecated|not supported) (?:for|with|by|on) this model",
        # OpenAI: 'temperature' does not support 0 with this model.
        rf"{_Q}(\w+){_Q} does not support \S+ with this model",
        # DeepSeek: This response_format type is unavailable now
        r"\b(response_format)(?:\.type)? (?:type |`\w+` )?is unavailable",
        # Moonshot: invalid temperature: only 1 is allowed for this model
        r"invalid (\w+): only \S+ is allowed",
    )
)

_NAME: Final = rf"(?<![a-z_])({'|'.join(PARAMETERS)})(?![a-z_])"
_RANGE: Final = r"(?![^.]*\b(?:above|over|below|under|more|less|greater|larger|smaller)\b)"
_LOOSE_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # Gateways, in plain text or a page: unknown field seed
        rf"un(?:supported|known|recognized|expected) (?:param(?:eter)?|field|argument|key)s? "
        rf"{_Q}?{_NAME}",
        # temperature is not supported; "temperature" does not support 0.7
        rf"{_NAME}{_Q}? (?:is|are) (?:not supported|unsupported|not permitted|not allowed)"
        rf"(?! to\b){_RANGE}",
        rf"{_NAME}{_Q}? does not support {_RANGE}",
        rf"{_NAME}{_Q}?: (?:unsupported|not supported|unexpected|unknown)\b",
        # FastAPI: {'loc': ['body', 'temperature'], 'msg': 'value not supported'}
        rf"{_Q}loc{_Q}: *[\[(][^\])]*{_Q}{_NAME}{_Q}[\])], *{_Q}msg{_Q}: *{_Q}[^'\"]*"
        r"(?:not supported|unsupported|not permitted)",
        # Zhipu, Qwen: 不支持参数 seed; 参数 seed 不支持
        rf"不支持(?:该|的)?(?:参数)?[:： ]*[{{\[]?{_Q}?{_NAME}",
        rf"参数[:： ]*{_Q}?{_NAME}{_Q}? *(?:不支持|不被支持|未知)",
    )
)
"""Words that say it of one of `PARAMETERS`, and of another name might say something else."""

_BAD_VALUE: Final = re.compile(
    # Zhipu: temperature 参数非法。请检查文档。
    rf"{_NAME}[^.;。；\n]{{0,40}}(?:非法|不合法|无效|\b(?:invalid|illegal|out of range|"
    r"too (?:large|small|high|low)|(?:must|should|has to|needs to|not allowed to) be)\b)"
    rf"|\b(?:invalid|illegal|非法|无效)[^.;。；\n]{{0,20}}{_NAME}",
    re.IGNORECASE,
)


def bad_value(said: str) -> str:
    """The parameter that may be left out whose value an answer complains about; "" if none.

    Another value may do, so it is sent on: the error's hint says what the user can do.
    """
    found = _BAD_VALUE.search(said)
    name = "" if found is None else (found[1] or found[2]).lower()
    return name if name in OPTIONAL else ""


def refused_parameter(status: int, said: str, code: str, parameter: str) -> str:
    """The body field that an answer refuses, "" if it is about something else.

    Decided by the error code and parameter that come with it, else by the words of the message. A
    complaint about a value that is too large or malformed is not a refusal of its parameter.
    """
    if status not in _REFUSING:
        return ""
    if code in _CODES and parameter:
        return _field(parameter)
    words = unescape(said.replace("\\", ""))  # JSON that was quoted in JSON, or a page
    forms = (*_FORMS, *_LOOSE_FORMS)
    found = [_field(match[1]) for form in forms if (match := form.search(words))]
    return next((name for name in found if name in PARAMETERS), found[0] if found else "")


def _field(name: str) -> str:
    """The body's field of `response_format.type`, `messages[0].role`, `topP`."""
    head = re.split(r"[.\[]", name, maxsplit=1)[0]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", head).lower()


class TakenParameters:
    """Parameters that an endpoint does not accept; `tell` is called once with a line for each.

    `refused` are names of `PARAMETERS`. It never shrinks, so each request in flight fails at most
    once per parameter.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        cache: ReplyCache,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._endpoint = endpoint
        self._cache = cache
        self._tell = tell
        self._place = f"{endpoint.identity.key}: does not take"
        known = (name for name in PARAMETERS if cache.get(f"{self._place} {name}") is not None)
        self.refused = frozenset(known)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Those not sent under any name; the endpoint's own defaults apply."""
        return tuple(sorted(self.refused.intersection(OPTIONAL)))

    def say_all(self) -> None:
        """Report what is known from earlier runs."""
        for name in self.left_out:
            self._say(name)

    def learn(self, name: str, sent: Collection[str]) -> bool:
        """Record that a body with the fields `sent` was refused because of `name`.

        False where the request cannot do without it: the caller's own `extra_body`, the limit of
        tokens under its last name, or a field that was not sent.
        """
        if name not in sent or name not in PARAMETERS or name in self._endpoint.extra_body:
            return False
        last = {OLD_LIMIT, NEW_LIMIT} - {name} <= self.refused.union(self._endpoint.never_send)
        if name in (OLD_LIMIT, NEW_LIMIT) and last:
            return False
        if name not in self.refused:
            self.refused |= {name}
            self._cache.put(f"{self._place} {name}", b"refused")
            if name in OPTIONAL:
                self._say(name)
        return True

    def _say(self, name: str) -> None:
        model, url = self._endpoint.model, self._endpoint.base_url
        self._tell(f"{model} at {url} does not take {name}: it is left out, its default holds")
