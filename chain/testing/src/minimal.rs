//! A second, minimal runtime with other types.
