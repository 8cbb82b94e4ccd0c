//! The asking side of the keep protocol, towards one storer.

use super::{MAX_MESSAGE_BYTES, ReadAnswer, Request, encode};
use crate::{
	ContentId,
	frames::{FrameReader, write_frame},
	streams::Opener,
	tasks::Tasks,
};
use litep2p::{PeerId, substream::Substream};
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::{
	io::{ReadHalf, WriteHalf},
	sync::oneshot,
	time::timeout,
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How long a storer may take to accept a request.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

type Pending = Arc<Mutex<HashMap<u64, oneshot::Sender<ReadAnswer>>>>;

/// Requests share one stream, which is opened with the first and again after it has broken.
pub(crate) struct KeepClient {
	pub peer: PeerId,
	opener: Opener,
	tasks: Tasks,
	left: CancellationToken,
	sending: tokio::sync::Mutex<Sending>,
}

#[derive(Default)]
struct Sending {
	next_id: u64,
	stream: Option<OpenStream>,
}

struct OpenStream {
	half: WriteHalf<Substream>,
	pending: Pending,
	/// Ended when nothing can come any more.
	reading: CancellationToken,
	/// Ends the reading when the half for writing is dropped.
	_end: DropGuard,
}

impl KeepClient {
	pub fn new(peer: PeerId, opener: Opener, tasks: Tasks) -> Self {
		let left = tasks.stopping().child_token();
		Self { peer, opener, tasks, left, sending: tokio::sync::Mutex::default() }
	}

	/// Asks the storer to keep something, and waits for as long as it takes. Says why when it is not kept.
	pub async fn keep(&self, key: &ContentId, bytes: u64) -> Result<(), String> {
		tokio::select! {
			_ = self.left.cancelled() => Err("the storer has left".into()),
			answer = self.ask(key, bytes) => match answer? {
				ReadAnswer { kept: true, .. } => Ok(()),
				ReadAnswer { reason, message, .. } => Err(format!("{reason} ({message})")),
			},
		}
	}

	/// The storer has left.
	pub fn close(&self) {
		self.left.cancel();
	}

	async fn ask(&self, key: &ContentId, bytes: u64) -> Result<ReadAnswer, String> {
		let sent = timeout(SEND_TIMEOUT, self.send(key, bytes)).await;
		let (id, pending, answered) = sent.map_err(|_| "the storer takes no requests")??;
		let _forgetting = Forgetting { id, pending: &pending };
		answered.await.map_err(|_| "the storer has closed the stream".into())
	}

	async fn send(&self, key: &ContentId, bytes: u64) -> Result<(u64, Pending, oneshot::Receiver<ReadAnswer>), String> {
		let mut sending = self.sending.lock().await;
		let id = sending.next_id;
		sending.next_id += 1;
		// It is put back only when all of a request has been written: half of one would spoil those after it.
		let mut stream = match sending.stream.take().filter(|stream| !stream.reading.is_cancelled()) {
			Some(stream) => stream,
			None => self.open().await?,
		};
		let (answer, answered) = oneshot::channel();
		lock(&stream.pending).insert(id, answer);
		let request = encode(&Request { id, key: key.to_string(), bytes });
		write_frame(&mut stream.half, &request).await.map_err(|error| error.to_string())?;
		let pending = stream.pending.clone();
		// The reading may have ended before the request was noted, and then nobody would take it out again.
		if stream.reading.is_cancelled() {
			return Err("the storer has closed the stream".into());
		}
		sending.stream = Some(stream);
		Ok((id, pending, answered))
	}

	async fn open(&self) -> Result<OpenStream, String> {
		let stream = self.opener.open(self.peer).await.map_err(|error| error.to_string())?;
		let (read, half) = tokio::io::split(stream);
		let (pending, reading) = (Pending::default(), self.left.child_token());
		self.tasks.spawn(read_answers(read, pending.clone(), reading.clone()));
		Ok(OpenStream { half, pending, _end: reading.clone().drop_guard(), reading })
	}
}

async fn read_answers(read: ReadHalf<Substream>, pending: Pending, reading: CancellationToken) {
	let mut frames = FrameReader::new(read, MAX_MESSAGE_BYTES);
	let answers = async {
		while let Ok(Some(frame)) = frames.next().await {
			let Ok(answer) = serde_json::from_slice::<ReadAnswer>(&frame) else { break };
			if let Some(waiting) = lock(&pending).remove(&answer.id) {
				let _ = waiting.send(answer);
			}
		}
	};
	tokio::select! {
		_ = reading.cancelled() => {},
		_ = answers => reading.cancel(),
	}
	lock(&pending).clear();
}

/// Nobody waits for an answer any more.
struct Forgetting<'a> {
	id: u64,
	pending: &'a Pending,
}

impl Drop for Forgetting<'_> {
	fn drop(&mut self) {
		lock(self.pending).remove(&self.id);
	}
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
