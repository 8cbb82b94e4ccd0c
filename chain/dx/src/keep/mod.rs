//! The protocol by which a peer asks others to keep data for it: `/airo/dx/keep/1.0.0`.
//!
//! The asking peer opens a stream and leaves it open for further requests. Every message is JSON in UTF-8 after its length
//! as an unsigned varint, and at most [`MAX_MESSAGE_BYTES`] long.
//!
//! - request: `{"id": 1, "key": "bafkrei...", "bytes": 3000}`: please keep the data with this content id and size
//! - answer: `{"id": 1, "kept": true}`: all of it is stored, and its hashes are checked
//! - or: `{"id": 1, "kept": false, "reason": "Full", "message": "..."}`: it is not
//!
//! `id` is chosen by the asking peer and names the request in its answer; answers come in any order. The storer fetches
//! what it does not have from the asking peer by Bitswap, so that peer must hold it until the answer has come. Fields that
//! are not known are ignored; another kind of request would be another version of the protocol.

mod client;
mod keeper;

use crate::ContentId;
use serde::{Deserialize, Serialize};

pub(crate) use client::KeepClient;
pub(crate) use keeper::{Keeper, Parts};

pub(crate) const KEEP_PROTOCOL: &str = "/airo/dx/keep/1.0.0";
/// So many streams of one peer are served at a time.
pub(crate) const MAX_INBOUND: usize = 8;

const MAX_MESSAGE_BYTES: usize = 1024;
const MAX_KEY_CHARS: usize = 100;
/// The longest message of a refusal in bytes.
const MAX_REASON_BYTES: usize = 300;

/// Why something is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Refusal {
	/// The request is not understood.
	Invalid,
	/// There is more than is taken from strangers.
	TooLarge,
	/// There is no room.
	Full,
	/// Too many requests at once.
	Busy,
	/// It could not be fetched from the asking peer.
	NotFetched,
	/// It is not what it should be.
	Corrupt,
}

#[derive(Debug, Serialize, Deserialize)]
struct Request {
	id: u64,
	key: String,
	bytes: u64,
}

#[derive(Debug, Serialize)]
struct Answer {
	id: u64,
	#[serde(flatten)]
	outcome: Outcome,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outcome {
	Kept,
	Refused { reason: Refusal, message: String },
}

impl Outcome {
	fn refused(reason: Refusal, message: impl Into<String>) -> Self {
		let mut message = message.into();
		let end = (0..=MAX_REASON_BYTES).rev().find(|end| message.is_char_boundary(*end)).unwrap_or(0);
		message.truncate(end);
		Self::Refused { reason, message }
	}
}

impl Serialize for Outcome {
	fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		#[derive(Serialize)]
		struct Fields<'a> {
			kept: bool,
			#[serde(skip_serializing_if = "Option::is_none")]
			reason: Option<Refusal>,
			#[serde(skip_serializing_if = "Option::is_none")]
			message: Option<&'a str>,
		}
		match self {
			Self::Kept => Fields { kept: true, reason: None, message: None },
			Self::Refused { reason, message } => Fields { kept: false, reason: Some(*reason), message: Some(message) },
		}
		.serialize(serializer)
	}
}

/// An answer as it is read: a storer of another version may give other reasons.
#[derive(Debug, Deserialize)]
struct ReadAnswer {
	id: u64,
	kept: bool,
	#[serde(default)]
	reason: String,
	#[serde(default)]
	message: String,
}

fn encode(message: &impl Serialize) -> Vec<u8> {
	serde_json::to_vec(message).expect("such a message can be written as JSON")
}

/// What is asked, once it is understood.
fn read_key(request: &Request) -> Result<ContentId, Outcome> {
	request.key.parse::<ContentId>().map_err(|error| Outcome::refused(Refusal::Invalid, error.to_string()))
}

/// Reads a request; nothing when it is none.
fn decode_request(frame: &[u8]) -> Option<Request> {
	serde_json::from_slice::<Request>(frame).ok().filter(|request| request.key.chars().count() <= MAX_KEY_CHARS)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn messages_are_written_as_the_other_implementation_writes_them() {
		let kept = Answer { id: 1, outcome: Outcome::Kept };
		assert_eq!(encode(&kept), br#"{"id":1,"kept":true}"#);
		let refused = Answer { id: 2, outcome: Outcome::refused(Refusal::NotFetched, "why") };
		assert_eq!(encode(&refused), br#"{"id":2,"kept":false,"reason":"NotFetched","message":"why"}"#);
		let request = Request { id: 3, key: "bafkrei".into(), bytes: 5 };
		assert_eq!(encode(&request), br#"{"id":3,"key":"bafkrei","bytes":5}"#);
	}

	#[test]
	fn unknown_fields_are_ignored_and_what_is_no_request_is_refused() {
		assert!(decode_request(br#"{"id":1,"key":"k","bytes":2,"more":true}"#).is_some());
		let long = format!(r#"{{"id":1,"key":"{}","bytes":2}}"#, "k".repeat(101));
		for frame in
			[&b""[..], b"{", b"null", br#"{"id":-1,"key":"k","bytes":2}"#, br#"{"id":1,"key":"k"}"#, long.as_bytes()]
		{
			assert!(decode_request(frame).is_none());
		}
	}

	#[test]
	fn a_refusal_fits_into_a_message_whatever_it_says() {
		for message in ["ä".repeat(2_000), "\u{1}".repeat(160), "x".repeat(2_000)] {
			let refused = Answer { id: u64::MAX, outcome: Outcome::refused(Refusal::Invalid, message) };
			assert!(encode(&refused).len() <= MAX_MESSAGE_BYTES + 20);
		}
	}
}
