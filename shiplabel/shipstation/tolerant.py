"""Reading JSON into a shape though single fields are not what they should be.

A field of another kind than its shape says counts as not told, unless it is a key: one odd word must
not hide a label that was bought, or the rates of every carrier. An amount that cannot be read is not a
number, which is more than not told.
"""

from __future__ import annotations

from decimal import Decimal
from threading import Lock
from typing import Any, Final, TypeVar, get_args, get_origin

import msgspec

T = TypeVar("T")

_MAKING: Final = Lock()
_DECODERS: Final[dict[Any, Any]] = {}


def decoded(body: bytes, shape: type[T]) -> T:
    """Return the JSON in this shape; raise msgspec.DecodeError for what is not JSON or lacks a key."""
    try:
        told: T = _decoder(shape).decode(body)
    except msgspec.ValidationError:
        told = _mended(msgspec.json.Decoder(float_hook=Decimal).decode(body), shape)
    return told


def _decoder(shape: Any) -> Any:
    """Return the one decoder of a shape; two threads that make one at once bring the library down."""
    with _MAKING:
        if shape not in _DECODERS:
            _DECODERS[shape] = msgspec.json.Decoder(shape, strict=False)
        return _DECODERS[shape]


def _mended(value: Any, shape: Any) -> Any:
    """Return the value in this shape without the fields that do not fit; raise ValidationError."""
    try:
        with _MAKING:
            return msgspec.convert(value, shape, strict=False)
    except msgspec.ValidationError:
        for arm in get_args(shape) if get_origin(shape) is not list else ():
            if _fits(value, arm):
                return _mended(value, arm)
        if isinstance(value, list) and get_origin(shape) is list:
            return [_mended(one, get_args(shape)[0]) for one in value]
        if isinstance(value, dict) and _is_struct(shape):
            return _mended_struct(value, shape)
        raise


def _fits(value: Any, arm: Any) -> bool:
    """Tell whether a value has the outline of one of several shapes."""
    return _is_struct(arm) if isinstance(value, dict) else isinstance(value, list) and get_origin(arm) is list


def _is_struct(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct)


def _mended_struct(value: dict[str, Any], shape: Any) -> Any:
    kept = {}
    for field in msgspec.structs.fields(shape):
        try:
            if field.encode_name in value:
                kept[field.name] = _mended(value[field.encode_name], field.type)
        except msgspec.ValidationError:
            if field.required:
                raise
            if Decimal in get_args(field.type):
                kept[field.name] = Decimal("nan")
    try:
        return shape(**kept)
    except (TypeError, ValueError) as error:
        raise msgspec.ValidationError(str(error)) from error
