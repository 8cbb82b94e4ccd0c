//! What can go wrong on Dx.

use jsonrpsee::types::error::{INTERNAL_ERROR_CODE, SERVER_IS_BUSY_CODE};
use std::io;

/// Why an upload or a download did not succeed. The messages say what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DxError {
	/// The key is not a content id of Dx.
	#[error("{0}")]
	InvalidKey(String),
	/// The data has another content id than the one named.
	#[error("{0}")]
	WrongKey(String),
	/// Nobody gave the data before the deadline.
	#[error("{0}")]
	NotFound(String),
	/// What was given does not have the content id that was asked for.
	#[error("{0}")]
	Corrupt(String),
	/// The data is larger than what is taken.
	#[error("{0}")]
	TooLarge(String),
	/// Too few other peers hold the data.
	#[error("{0}")]
	NotReplicated(String),
	/// Too much is worked on already.
	#[error("{0}")]
	Busy(String),
	/// This peer has been shut down.
	#[error("The Dx peer has been shut down.")]
	Stopped,
	/// This peer's own disk or memory failed.
	#[error("{0}")]
	Store(String),
}

impl DxError {
	/// The error's code in JSON-RPC. The first six are the protocol's, that of `Busy` is jsonrpsee's; what concerns this
	/// peer alone is an internal error.
	pub fn code(&self) -> i32 {
		match self {
			Self::InvalidKey(_) => 8001,
			Self::WrongKey(_) => 8002,
			Self::NotFound(_) => 8003,
			Self::Corrupt(_) => 8004,
			Self::TooLarge(_) => 8005,
			Self::NotReplicated(_) => 8006,
			Self::Busy(_) => SERVER_IS_BUSY_CODE,
			Self::Stopped | Self::Store(_) => INTERNAL_ERROR_CODE,
		}
	}

	/// The error's stable name, by which programs tell it from others.
	pub fn name(&self) -> &'static str {
		match self {
			Self::InvalidKey(_) => "InvalidKey",
			Self::WrongKey(_) => "WrongKey",
			Self::NotFound(_) => "NotFound",
			Self::Corrupt(_) => "Corrupt",
			Self::TooLarge(_) => "TooLarge",
			Self::NotReplicated(_) => "NotReplicated",
			Self::Busy(_) => "Busy",
			Self::Stopped => "Stopped",
			Self::Store(_) => "Store",
		}
	}
}

/// Why a peer could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
	/// An option cannot be what it is.
	#[error("{0}")]
	InvalidConfig(String),
	/// The folder cannot be used.
	#[error("The folder {path} cannot be used: {error}")]
	Folder {
		/// What was to be read or written.
		path: String,
		/// Why it was not possible.
		error: io::Error,
	},
	/// The addresses cannot be listened on.
	#[error("The Dx peer cannot listen: {0}")]
	Network(String),
	/// A metric of the same name is there already.
	#[error("The metrics cannot be registered: {0}")]
	Metrics(#[from] prometheus::Error),
}
