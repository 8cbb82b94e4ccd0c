//! The parameters of a call, by their places or by their names, without copying megabytes of text.

use jsonrpsee::types::{ErrorObjectOwned, Params, error::INVALID_PARAMS_CODE};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap};

/// What a caller has given for the parameters of a method.
pub(super) struct Given<'a> {
	method: &'static str,
	names: &'static [&'static str],
	/// In the order of the names.
	values: Vec<Option<&'a RawValue>>,
}

impl<'a> Given<'a> {
	/// Fails when there are more parameters than the method has, or others.
	pub fn read(
		method: &'static str,
		names: &'static [&'static str],
		params: &'a Params<'_>,
	) -> Result<Self, ErrorObjectOwned> {
		let others = || invalid_params(format!("{method} takes ({}) and nothing else.", names.join(", ")));
		let text = params.as_str().unwrap_or("[]");
		let values = if params.is_object() {
			let mut given: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(text).map_err(|_| others())?;
			let values = names.iter().map(|name| given.remove(*name)).collect();
			if !given.is_empty() {
				return Err(others());
			}
			values
		} else {
			let given: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| others())?;
			if given.len() > names.len() {
				return Err(others());
			}
			(0..names.len()).map(|place| given.get(place).copied()).collect()
		};
		Ok(Self { method, names, values })
	}

	/// A parameter that is text; `why` says what it must be when it is not.
	pub fn text(&self, place: usize, why: &str) -> Result<Cow<'a, str>, ErrorObjectOwned> {
		let value = self.values.get(place).copied().flatten();
		let text = value.and_then(|value| serde_json::from_str::<Text<'a>>(value.get()).ok());
		text.map(|Text(text)| text).ok_or_else(|| self.invalid(place, why))
	}

	/// The refusal of a parameter.
	pub fn invalid(&self, place: usize, why: &str) -> ErrorObjectOwned {
		let name = self.names.get(place).copied().unwrap_or_default();
		invalid_params(format!("{}: {name}: {why}", self.method))
	}
}

/// Text that is borrowed unless it has escapes in it.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

fn invalid_params(message: String) -> ErrorObjectOwned {
	ErrorObjectOwned::owned(INVALID_PARAMS_CODE, message, None::<()>)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn read(json: Option<&str>) -> Result<(Option<String>, Option<String>), String> {
		let params = Params::new(json);
		let given = Given::read("method", &["a", "b"], &params).map_err(|error| error.message().to_string())?;
		let text = |place| given.text(place, "it must be text.").ok().map(|text| text.into_owned());
		Ok((text(0), text(1)))
	}

	#[test]
	fn parameters_are_given_by_place_or_by_name() {
		let both = Ok((Some("x".into()), Some("y\n".into())));
		assert_eq!(read(Some(r#"["x", "y\n"]"#)), both);
		assert_eq!(read(Some(r#" { "b": "y\n", "\u0061": "x" } "#)), both);
		assert_eq!(read(Some(r#"["x"]"#)), Ok((Some("x".into()), None)));
		assert_eq!(read(Some(r#"[null, 1]"#)), Ok((None, None)));
		assert_eq!(read(None), Ok((None, None)));
	}

	#[test]
	fn what_the_method_does_not_take_is_refused() {
		let refused = Err("method takes (a, b) and nothing else.".to_string());
		for json in [r#"["x", "y", "z"]"#, r#"{"a": "x", "c": "z"}"#, "3"] {
			assert_eq!(read(Some(json)), refused, "{json}");
		}
	}

	#[test]
	fn a_wrong_parameter_is_named() {
		let params = Params::new(Some("[1]"));
		let given = Given::read("method", &["a"], &params).expect("there is one parameter");
		let error = given.text(0, "it must be text.").expect_err("1 is no text");
		assert_eq!((error.code(), error.message()), (-32602, "method: a: it must be text."));
	}

	#[test]
	fn text_is_not_copied() {
		let json = r#"["plain"]"#;
		let params = Params::new(Some(json));
		let given = Given::read("method", &["a"], &params).expect("there is one parameter");
		assert!(matches!(given.text(0, ""), Ok(Cow::Borrowed("plain"))));
	}
}
