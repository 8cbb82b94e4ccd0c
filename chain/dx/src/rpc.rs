//! The JSON-RPC methods of Dx: `dx_upload`, `dx_download`, `dx_peers` and `dx_stat`, as the TypeScript Dx server
//! (`dx/rpc`) has them. `docs/node-rpc.md` describes them for callers.
//!
//! Callers cost a bounded amount of memory: a call takes as many of a fixed number of places as its data is large, waits
//! for them within its deadline, and is turned away when too many wait already.

mod params;

use crate::{ContentId, Dx, DxError, PeerInfo, Stat, Uploaded, download::Room};
use bytes::Bytes;
use jsonrpsee::{
	Extensions, RpcModule,
	types::{
		ErrorObjectOwned, Params,
		error::{INTERNAL_ERROR_CODE, METHOD_NOT_FOUND_CODE},
	},
};
use params::Given;
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tokio::{
	sync::{Semaphore, SemaphorePermit},
	task::spawn_blocking,
	time::{Instant, timeout_at},
};

/// How long a call may take, from when it has been read: as long as callers of the TypeScript client wait by default.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The places of all uploads at once, and as many again of all downloads.
const PLACES: usize = 64;
/// The places that data of the largest size takes; smaller data takes fewer in proportion, at least one.
const PLACES_OF_LARGEST: usize = 16;
/// The most uploads that are worked on or wait for their places, and the most downloads.
const MAX_CALLS: usize = 256;

/// What the methods work with.
struct Context {
	dx: Dx,
	max_bytes: usize,
	may_upload: fn(&Extensions) -> bool,
	deadline: Duration,
	uploads: Limit,
	downloads: Limit,
}

/// The methods.
///
/// * `max_bytes`: the most bytes that one upload or download can have. The server must take requests, and give responses,
///   of twice as many and a few hundred more, since data is written in hexadecimal.
/// * `may_upload`: whether the caller, whom the server describes in the extensions of the request, may upload. Downloads
///   are open to everybody who reaches the server.
pub fn methods(dx: Dx, max_bytes: usize, may_upload: fn(&Extensions) -> bool) -> RpcModule<()> {
	methods_within(DEADLINE, dx, max_bytes, may_upload)
}

/// The same with another deadline for uploads and downloads.
pub fn methods_within(
	deadline: Duration,
	dx: Dx,
	max_bytes: usize,
	may_upload: fn(&Extensions) -> bool,
) -> RpcModule<()> {
	let uploads = Limit::new("uploads", max_bytes);
	let downloads = Limit::new("downloads", max_bytes);
	let mut module = RpcModule::new(Context { dx, max_bytes, may_upload, deadline, uploads, downloads });
	register(&mut module).expect("no two of the methods have the same name; qed");
	module.remove_context()
}

fn register(module: &mut RpcModule<Context>) -> Result<(), jsonrpsee::core::RegisterMethodError> {
	module.register_async_method("dx_upload", upload)?;
	module.register_async_method("dx_download", download)?;
	module.register_async_method("dx_peers", peers)?;
	module.register_async_method("dx_stat", stat)?;
	Ok(())
}

/// `dx_upload(key, data)`: puts data on the network; `key` is its content id. Returns `{key, holders}`.
async fn upload(
	params: Params<'static>,
	context: Arc<Context>,
	caller: Extensions,
) -> Result<Uploaded, ErrorObjectOwned> {
	if !(context.may_upload)(&caller) {
		return Err(refusal(
			METHOD_NOT_FOUND_CODE,
			"UploadNotAllowed",
			"Uploads are taken from local callers only. To take them from others as well, start the node with \
			 --dx-unsafe-upload.",
		));
	}
	let deadline = Instant::now() + context.deadline;
	let max_bytes = context.max_bytes;
	// Two digits a byte, so this is a little more than the data has; what is over the limit is refused in any case.
	let _places = context.uploads.enter((params.len_bytes() / 2).min(max_bytes), deadline).await.map_err(described)?;
	let (key, data) = blocking(move || read_upload(&params, max_bytes)).await??;
	context.dx.upload(Some(key), data, remaining(deadline)).await.map_err(described)
}

fn read_upload(params: &Params<'_>, max_bytes: usize) -> Result<(ContentId, Bytes), ErrorObjectOwned> {
	let given = Given::read("dx_upload", &["key", "data"], params)?;
	let key = key_of(&given)?;
	let data = given.text(1, "it must be bytes in hexadecimal after 0x.")?;
	let data = from_hex(&data)
		.ok_or_else(|| given.invalid(1, "it must be bytes in hexadecimal after 0x, two digits each."))?;
	let key = key.parse().map_err(described)?;
	if data.len() > max_bytes {
		let message = format!("It has {} bytes; at most {max_bytes} are taken by JSON-RPC.", data.len());
		return Err(described(DxError::TooLarge(message)));
	}
	Ok((key, data))
}

/// `dx_download(key)`: returns the data, in hexadecimal after `0x`.
async fn download(
	params: Params<'static>,
	context: Arc<Context>,
	_caller: Extensions,
) -> Result<String, ErrorObjectOwned> {
	let given = Given::read("dx_download", &["key"], &params)?;
	let key: ContentId = key_of(&given)?.parse().map_err(described)?;
	let Context { dx, max_bytes, downloads, .. } = &*context;
	let deadline = Instant::now() + context.deadline;
	// How large it is shows with its first block. Until then it has one place, so that many unknown keys can be looked for
	// at once.
	let mut places = downloads.enter(0, deadline).await.map_err(described)?;
	let found = dx.download_within(&mut places, key, *max_bytes, remaining(deadline)).await;
	let data = found.map_err(described)?;
	let text = blocking(move || to_hex(&data)).await;
	drop(places);
	text
}

/// `dx_peers()`: the connected peers, each with its address and whether it keeps data for others.
async fn peers(
	params: Params<'static>,
	context: Arc<Context>,
	_caller: Extensions,
) -> Result<Vec<PeerInfo>, ErrorObjectOwned> {
	Given::read("dx_peers", &[], &params)?;
	Ok(context.dx.peers().await)
}

/// `dx_stat()`: what this peer is and holds, and where it listens.
async fn stat(params: Params<'static>, context: Arc<Context>, _caller: Extensions) -> Result<Stat, ErrorObjectOwned> {
	Given::read("dx_stat", &[], &params)?;
	Ok(context.dx.stat().await)
}

fn key_of(given: &Given<'_>) -> Result<String, ErrorObjectOwned> {
	given.text(0, "it must be a content id as text.").map(|key| key.into_owned())
}

/// How much is worked on at once.
struct Limit {
	what: &'static str,
	max_bytes: usize,
	calls: Semaphore,
	places: Semaphore,
}

impl Limit {
	fn new(what: &'static str, max_bytes: usize) -> Self {
		Self { what, max_bytes, calls: Semaphore::new(MAX_CALLS), places: Semaphore::new(PLACES) }
	}

	/// Waits for room for so many bytes. It is given back when what is returned is dropped.
	///
	/// Fails with [`DxError::Busy`].
	async fn enter(&self, bytes: usize, deadline: Instant) -> Result<Places<'_>, DxError> {
		let call = self.calls.try_acquire().map_err(|_| self.busy())?;
		let held = self.places(places_of(bytes as u64, self.max_bytes), deadline).await?;
		Ok(Places { limit: self, deadline, held: Some(held), _call: call })
	}

	async fn places(&self, count: u32, deadline: Instant) -> Result<SemaphorePermit<'_>, DxError> {
		match timeout_at(deadline, self.places.acquire_many(count)).await {
			Ok(Ok(places)) => Ok(places),
			Ok(Err(_)) | Err(_) => Err(self.busy()),
		}
	}

	fn busy(&self) -> DxError {
		DxError::Busy(format!("Too many {} are worked on already. Try again later.", self.what))
	}
}

/// The room that a call has.
struct Places<'a> {
	limit: &'a Limit,
	deadline: Instant,
	/// Nothing while it waits for more.
	held: Option<SemaphorePermit<'a>>,
	_call: SemaphorePermit<'a>,
}

impl Room for Places<'_> {
	async fn make(&mut self, bytes: u64) -> Result<(), DxError> {
		let count = places_of(bytes, self.limit.max_bytes);
		if self.held.as_ref().is_some_and(|held| held.num_permits() >= count as usize) {
			return Ok(());
		}
		// Calls that kept what they have while they wait for more could wait for each other.
		self.held = None;
		self.held = Some(self.limit.places(count, self.deadline).await?);
		Ok(())
	}
}

fn places_of(bytes: u64, max_bytes: usize) -> u32 {
	let share = bytes.saturating_mul(PLACES_OF_LARGEST as u64).div_ceil(max_bytes.max(1) as u64);
	share.clamp(1, PLACES_OF_LARGEST as u64) as u32
}

/// Megabytes in hexadecimal take a while, which a thread that serves others must not spend on them.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ErrorObjectOwned> {
	spawn_blocking(work).await.map_err(|error| {
		log::error!(target: "dx", "A call could not be worked on: {error}");
		internal()
	})
}

/// In whole milliseconds, since messages name it.
fn remaining(deadline: Instant) -> Duration {
	let nanoseconds = deadline.saturating_duration_since(Instant::now()).as_nanos();
	Duration::from_millis(nanoseconds.div_ceil(1_000_000) as u64)
}

/// How an error of the peer is answered. What concerns the peer alone is nothing that the caller could do something about.
fn described(error: DxError) -> ErrorObjectOwned {
	match error.code() {
		INTERNAL_ERROR_CODE => {
			log::error!(target: "dx", "A call failed: {error}");
			internal()
		}
		code => refusal(code, error.name(), error.to_string()),
	}
}

fn internal() -> ErrorObjectOwned {
	ErrorObjectOwned::owned(INTERNAL_ERROR_CODE, "Something went wrong in the node; its log says what.", None::<()>)
}

/// What goes into `data`.
#[derive(Serialize)]
struct Named {
	name: &'static str,
}

fn refusal(code: i32, name: &'static str, message: impl Into<String>) -> ErrorObjectOwned {
	ErrorObjectOwned::owned(code, message, Some(Named { name }))
}

fn to_hex(bytes: &[u8]) -> String {
	let mut text = vec![0; 2 + 2 * bytes.len()];
	text[..2].copy_from_slice(b"0x");
	hex::encode_to_slice(bytes, &mut text[2..]).expect("there is room for two digits a byte; qed");
	String::from_utf8(text).expect("digits and an x are UTF-8; qed")
}

fn from_hex(text: &str) -> Option<Bytes> {
	hex::decode(text.strip_prefix("0x")?).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bytes_come_back_from_hexadecimal() {
		for bytes in [vec![], vec![0], (0..=255).collect::<Vec<u8>>()] {
			assert_eq!(from_hex(&to_hex(&bytes)), Some(Bytes::from(bytes)));
		}
		assert_eq!(to_hex(&[0x0a, 0xff]), "0x0aff");
		assert_eq!(from_hex("0xAbCd"), Some(Bytes::from_static(&[0xab, 0xcd])));
		for wrong in ["", "0", "00", "0X00", "0x0", "0x0g", "0x é", "0x+1"] {
			assert_eq!(from_hex(wrong), None, "{wrong:?}");
		}
	}

	#[test]
	fn data_takes_places_by_its_size() {
		let max = 64 << 20;
		assert_eq!(places_of(0, max), 1);
		assert_eq!(places_of(max as u64 / 16, max), 1);
		assert_eq!(places_of(max as u64 / 16 + 1, max), 2);
		assert_eq!(places_of(max as u64, max), 16);
		assert_eq!(places_of(10 * max as u64, max), 16);
		assert_eq!(places_of(u64::MAX, max), 16);
		assert_eq!(places_of(1, 1), 16);
	}

	/// Moments for tests with a clock that jumps to the next one when there is nothing else to do.
	fn soon() -> Instant {
		Instant::now() + Duration::from_secs(1)
	}

	#[tokio::test(start_paused = true)]
	async fn who_finds_no_place_is_told_so_within_the_deadline() {
		let limit = Limit::new("uploads", 1600);
		let mut held = Vec::new();
		for _ in 0..PLACES / PLACES_OF_LARGEST {
			held.push(limit.enter(1600, soon()).await.expect("there are places"));
		}
		let error = limit.enter(1, soon()).await.err().map(described).expect("no place is left");
		assert_eq!(error.code(), -32009);
		assert_eq!(error.message(), "Too many uploads are worked on already. Try again later.");
		held.pop();
		let small = limit.enter(1, soon()).await.expect("a large one has left");
		assert!(limit.enter(1600, soon()).await.is_err(), "a large one has no room beside a small one");
		drop(small);
		assert!(limit.enter(1600, soon()).await.is_ok());
	}

	#[tokio::test]
	async fn too_many_callers_are_turned_away_at_once() {
		let limit = Limit::new("downloads", 16);
		let never = Instant::now() + Duration::from_secs(3600);
		let calls = limit.calls.acquire_many(MAX_CALLS as u32).await.expect("the semaphore is never closed");
		assert_eq!(limit.enter(1, never).await.err().map(|error| error.name()), Some("Busy"));
		drop(calls);
		assert!(limit.enter(1, never).await.is_ok());
	}

	#[tokio::test]
	async fn downloads_that_all_turn_out_to_be_large_get_their_places_one_after_the_other() {
		let limit = &Limit::new("downloads", 1600);
		let begun = &Semaphore::new(0);
		let largest = PLACES / PLACES_OF_LARGEST;
		let downloads = (0..PLACES).map(|_| async move {
			let mut places = limit.enter(0, soon()).await?;
			begun.add_permits(1);
			// Every place is taken before the first download asks for more.
			let _all = begun.acquire_many(PLACES as u32).await.expect("the semaphore is never closed");
			drop(_all);
			places.make(1600).await?;
			let at_once = (PLACES - limit.places.available_permits()) / PLACES_OF_LARGEST;
			assert!(at_once <= largest, "{at_once} are at work");
			tokio::task::yield_now().await;
			Ok::<_, DxError>(())
		});
		for done in futures::future::join_all(downloads).await {
			done.expect("its turn comes");
		}
		assert_eq!(limit.places.available_permits(), PLACES);
	}

	#[tokio::test(start_paused = true)]
	async fn who_waits_for_more_places_keeps_none_and_is_told_at_the_deadline_that_there_are_none() {
		let limit = Limit::new("downloads", 1600);
		let mut small = Vec::new();
		for _ in 0..PLACES {
			small.push(limit.enter(0, soon()).await.expect("there are places"));
		}
		let mut grown = small.pop().expect("there is one");
		assert_eq!(grown.make(100).await, Ok(()), "it has enough for that");
		assert_eq!(grown.make(1600).await.map_err(|error| error.name()), Err("Busy"));
		assert_eq!(limit.places.available_permits(), 1, "its place is free for others");
	}
}
