//! The storer's side of the keep protocol: takes requests, fetches what is to be kept, and answers.

use super::{Answer, MAX_MESSAGE_BYTES, Outcome, Refusal, decode_request, encode, read_key};
use crate::{
	ContentId, DxError,
	bitswap::{Bitswap, FetchError, FetchOptions, digest_of},
	dag::Block,
	download::{Given, Sink, Source, fetch_dag},
	frames::{FrameReader, write_frame},
	store::{Refused, Reservation, Store},
};
use cid::Cid;
use futures::{StreamExt, stream::FuturesUnordered};
use litep2p::{PeerId, substream::Substream};
use std::{
	collections::{HashMap, VecDeque},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	io::AsyncWriteExt,
	sync::Semaphore,
	time::{Instant, timeout},
};

/// So many things are fetched at once for the requests on one stream; further requests wait.
const PER_STREAM: usize = 16;
/// So many requests on one stream may wait; further ones are refused.
const MAX_WAITING: usize = 1024;
/// So many blocks are fetched at once for all together.
const MAX_FETCHING: usize = 128;
/// How long a single block may take. Who is slower than that would hold room that others need.
const BLOCK_TIMEOUT: Duration = Duration::from_secs(20);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What a keeper needs.
pub(crate) struct Parts {
	pub bitswap: Arc<Bitswap>,
	pub store: Arc<Store>,
	/// Called when something is kept that was not kept before.
	pub on_kept: Box<dyn Fn(ContentId) + Send + Sync>,
}

pub(crate) struct Keeper {
	parts: Parts,
	/// The same data may be brought by two peers at once; one of them is enough.
	in_progress: Mutex<HashMap<ContentId, Arc<tokio::sync::Mutex<()>>>>,
	fetching: Semaphore,
}

impl Keeper {
	pub fn new(parts: Parts) -> Arc<Self> {
		Arc::new(Self { parts, in_progress: Mutex::default(), fetching: Semaphore::new(MAX_FETCHING) })
	}

	/// Answers what a peer asks on a stream that it has opened, until it has no more to ask or asks nonsense.
	pub async fn serve(self: Arc<Self>, peer: PeerId, stream: Substream) {
		let (read, mut write) = tokio::io::split(stream);
		let mut frames = FrameReader::new(read, MAX_MESSAGE_BYTES);
		let mut waiting = VecDeque::new();
		let mut running = FuturesUnordered::new();
		let mut is_open = true;
		while is_open || !running.is_empty() {
			let answer = tokio::select! {
				frame = frames.next(), if is_open => match frame.map(|frame| frame.map(|frame| decode_request(&frame))) {
					Ok(Some(Some(request))) if waiting.len() < MAX_WAITING => {
						waiting.push_back(request);
						None
					},
					Ok(Some(Some(request))) => {
						let message = "Too many requests wait already; ask again later.";
						Some(Answer { id: request.id, outcome: Outcome::refused(Refusal::Busy, message) })
					},
					Ok(None) => {
						is_open = false;
						None
					},
					Ok(Some(None)) | Err(_) => return,
				},
				Some(answer) = running.next() => Some(answer),
			};
			if let Some(answer) = answer {
				// Who does not take answers any more has no use for them.
				let sent = timeout(ANSWER_TIMEOUT, write_frame(&mut write, &encode(&answer))).await;
				if !matches!(sent, Ok(Ok(()))) {
					return;
				}
			}
			while running.len() < PER_STREAM {
				let Some(request) = waiting.pop_front() else { break };
				let keeper = &self;
				running.push(async move {
					let outcome = match read_key(&request) {
						Ok(key) => keeper.keep(key, request.bytes, peer).await,
						Err(refused) => refused,
					};
					Answer { id: request.id, outcome }
				});
			}
		}
		let _ = timeout(ANSWER_TIMEOUT, write.shutdown()).await;
	}

	/// Keeps something, fetching it from a peer if it is not here.
	async fn keep(&self, key: ContentId, bytes: u64, from: PeerId) -> Outcome {
		let turn = lock(&self.in_progress).entry(key).or_default().clone();
		let turn = Turn { keeper: self, key, turn };
		// What fails with another peer may work with this one, so it is tried again after it.
		let _mine = turn.turn.lock().await;
		self.keep_now(key, bytes, from).await
	}

	async fn keep_now(&self, key: ContentId, bytes: u64, from: PeerId) -> Outcome {
		let Parts { store, on_kept, .. } = &self.parts;
		let mut reservation = match store.reserve(key, bytes).await {
			Ok(reservation) => reservation,
			Err(Refused::TooLarge(message)) => return Outcome::refused(Refusal::TooLarge, message),
			Err(Refused::Full(message)) => return Outcome::refused(Refusal::Full, message),
		};
		if store.holds(&key) {
			return Outcome::Kept;
		}
		let source = FromPeer { keeper: self, from };
		let mut sink = Keeping { bitswap: &self.parts.bitswap, reservation: &mut reservation, bytes };
		let fetched = fetch_dag(key.cid(), bytes, &source, &mut sink).await;
		match fetched {
			Ok(()) => {}
			Err(DxError::Corrupt(message)) => return Outcome::refused(Refusal::Corrupt, message),
			Err(DxError::TooLarge(message)) => {
				return Outcome::refused(Refusal::Corrupt, format!("It is larger than was said: {message}"));
			}
			Err(error) => {
				return Outcome::refused(Refusal::NotFetched, format!("It could not be fetched from you: {error}"));
			}
		}
		if let Err(error) = reservation.commit().await {
			return Outcome::refused(Refusal::Full, error.to_string());
		}
		on_kept(key);
		Outcome::Kept
	}
}

/// A place in the line of those who bring the same data.
struct Turn<'a> {
	keeper: &'a Keeper,
	key: ContentId,
	turn: Arc<tokio::sync::Mutex<()>>,
}

impl Drop for Turn<'_> {
	fn drop(&mut self) {
		let mut in_progress = lock(&self.keeper.in_progress);
		// One is the map's, the other is this one.
		if Arc::strong_count(&self.turn) <= 2 {
			in_progress.remove(&self.key);
		}
	}
}

/// Blocks from the one peer that wants them to be kept.
struct FromPeer<'a> {
	keeper: &'a Keeper,
	from: PeerId,
}

impl Source for FromPeer<'_> {
	async fn fetch(&self, cid: Cid, _likely: Vec<PeerId>) -> Result<Given, DxError> {
		let Parts { bitswap, store, .. } = &self.keeper.parts;
		if let Some(digest) = digest_of(cid.hash()) {
			if let Some(bytes) = store.get(&digest).await {
				return Ok(Given { bytes, from: None });
			}
		}
		let _permit = self.keeper.fetching.acquire().await.map_err(|_| DxError::Stopped)?;
		let deadline = Instant::now() + BLOCK_TIMEOUT;
		let options = FetchOptions { deadline, first: vec![self.from], only: true };
		let fetched = bitswap.fetch(cid, options).await.map_err(|error| match error {
			FetchError::TimedOut => {
				DxError::NotFound(format!("{cid} did not come within {} s.", BLOCK_TIMEOUT.as_secs()))
			}
			FetchError::NotThere => DxError::NotFound(format!("{} does not have {cid}.", self.from)),
			FetchError::Lied(_) => DxError::Corrupt(format!("{} gave something else for {cid}.", self.from)),
		})?;
		Ok(Given { bytes: fetched.bytes, from: Some(fetched.from) })
	}
}

struct Keeping<'a> {
	bitswap: &'a Bitswap,
	reservation: &'a mut Reservation,
	bytes: u64,
}

impl Sink for Keeping<'_> {
	async fn size(&mut self, bytes: u64) -> Result<(), DxError> {
		if bytes == self.bytes {
			Ok(())
		} else {
			Err(DxError::Corrupt(format!("It has {bytes} bytes and not {}.", self.bytes)))
		}
	}

	async fn block(&mut self, block: Block, _offset: Option<u64>) -> Result<(), DxError> {
		self.reservation.put(&block).await?;
		self.bitswap.announce(&block.cid);
		Ok(())
	}
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
