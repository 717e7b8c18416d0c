"""The same names for type checkers and editors."""

from hrtools_reco.exceptions import (
    AmbiguousBranchError as AmbiguousBranchError,
    CatalogError as CatalogError,
    InvalidTableError as InvalidTableError,
    InvalidValueError as InvalidValueError,
    LoadError as LoadError,
    Reject as Reject,
    UnknownNameError as UnknownNameError,
)
