//! Length-prefixed messages: each comes after its length as an unsigned varint.

use bytes::{Bytes, BytesMut};
use std::{io, sync::Arc, time::Duration};
use tokio::{
	io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
	sync::{OwnedSemaphorePermit, Semaphore},
	time::{Instant, timeout_at},
};

/// Memory is taken for what has come, not for what is said to come.
const READ_BYTES: usize = 64 * 1024;
/// So many bytes are enough for every length that is taken.
const MAX_LENGTH_BYTES: usize = 5;
/// A longer message needs a permit.
const LARGE_BYTES: usize = 64 * 1024;
/// How long a message may take from its first byte to its last.
const FRAME_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads messages from a stream.
pub(crate) struct FrameReader<R> {
	stream: R,
	max_bytes: usize,
	buffer: BytesMut,
	/// When the message that is being read must be there.
	deadline: Option<Instant>,
	/// Limits how many large messages are in memory at once.
	large: Option<Arc<Semaphore>>,
	permit: Option<OwnedSemaphorePermit>,
	/// Called when a part of a large message has come.
	on_part: Option<Box<dyn Fn() + Send + Sync>>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
	/// Messages above `max_bytes` are an error.
	pub fn new(stream: R, max_bytes: usize) -> Self {
		Self { stream, max_bytes, buffer: BytesMut::new(), deadline: None, large: None, permit: None, on_part: None }
	}

	/// A large message is read only with one of these permits, and holds it until the next one is asked for.
	pub fn limited_by(self, large: Arc<Semaphore>) -> Self {
		Self { large: Some(large), ..self }
	}

	/// Calls something when a part of a large message has come, which can take long.
	pub fn noting(self, on_part: impl Fn() + Send + Sync + 'static) -> Self {
		Self { on_part: Some(Box::new(on_part)), ..self }
	}

	/// The stream, to do something else with it.
	pub fn into_inner(self) -> R {
		self.stream
	}

	/// The next message; nothing when the other side has no more. It can be cancelled and called again.
	pub async fn next(&mut self) -> io::Result<Option<Bytes>> {
		if self.deadline.is_none() {
			self.permit = None;
		}
		loop {
			let missing = match self.length()? {
				Some((length, prefix)) if self.buffer.len() >= prefix + length => {
					let mut frame = self.buffer.split_to(prefix + length);
					self.deadline = None;
					return Ok(Some(frame.split_off(prefix).freeze()));
				}
				Some((length, prefix)) => {
					if let (true, Some(on_part)) = (length > LARGE_BYTES, &self.on_part) {
						on_part();
					}
					self.wait_for_permit(length).await?;
					prefix + length - self.buffer.len()
				}
				None => 1,
			};
			self.buffer.reserve(missing.min(READ_BYTES));
			if !self.buffer.is_empty() {
				self.deadline.get_or_insert_with(|| Instant::now() + FRAME_TIMEOUT);
			}
			let reading = self.stream.read_buf(&mut self.buffer);
			let read = match self.deadline {
				Some(deadline) => timeout_at(deadline, reading).await??,
				None => reading.await?,
			};
			if read == 0 {
				return if self.buffer.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
			}
		}
	}

	async fn wait_for_permit(&mut self, length: usize) -> io::Result<()> {
		if let (true, None, Some(large)) = (length > LARGE_BYTES, &self.permit, &self.large) {
			let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + FRAME_TIMEOUT);
			self.permit = timeout_at(deadline, large.clone().acquire_owned()).await?.ok();
		}
		Ok(())
	}

	/// The length of the message that the buffer begins with, and of the length itself.
	fn length(&self) -> io::Result<Option<(usize, usize)>> {
		let mut length = 0_usize;
		for (i, byte) in self.buffer.iter().take(MAX_LENGTH_BYTES).enumerate() {
			length |= usize::from(byte & 0x7f) << (7 * i);
			if byte & 0x80 == 0 {
				let fits = length <= self.max_bytes;
				return if fits { Ok(Some((length, i + 1))) } else { Err(too_long(self.max_bytes)) };
			}
		}
		if self.buffer.len() < MAX_LENGTH_BYTES { Ok(None) } else { Err(too_long(self.max_bytes)) }
	}
}

/// Sends a message.
pub(crate) async fn write_frame(stream: &mut (impl AsyncWrite + Unpin), message: &[u8]) -> io::Result<()> {
	let mut prefix = [0; MAX_LENGTH_BYTES];
	let (mut rest, mut count) = (message.len(), 0);
	loop {
		prefix[count] = (rest & 0x7f) as u8 | if rest > 0x7f { 0x80 } else { 0 };
		rest >>= 7;
		count += 1;
		if rest == 0 {
			break;
		}
	}
	stream.write_all(&prefix[..count]).await?;
	stream.write_all(message).await?;
	stream.flush().await
}

fn too_long(max_bytes: usize) -> io::Error {
	io::Error::new(io::ErrorKind::InvalidData, format!("a message is longer than {max_bytes} bytes"))
}

#[cfg(test)]
mod tests {
	use super::*;

	async fn read_all(sent: &[u8], max_bytes: usize) -> io::Result<Vec<Bytes>> {
		let mut reader = FrameReader::new(sent, max_bytes);
		let mut frames = Vec::new();
		while let Some(frame) = reader.next().await? {
			frames.push(frame);
		}
		Ok(frames)
	}

	#[tokio::test]
	async fn messages_arrive_as_they_were_sent() {
		let messages: Vec<Vec<u8>> = [0, 1, 127, 128, 300, 70_000].map(|length| vec![7; length]).into();
		let mut sent = Vec::new();
		for message in &messages {
			write_frame(&mut sent, message).await.unwrap();
		}
		assert_eq!(read_all(&sent, 70_000).await.unwrap(), messages);
	}

	#[tokio::test]
	async fn a_message_that_is_too_long_is_refused_before_it_comes() {
		let error = read_all(&[0x81, 0x08], 1024).await.unwrap_err();
		assert_eq!(error.kind(), io::ErrorKind::InvalidData);
		assert_eq!(read_all(&[0xff; 5], 1024).await.unwrap_err().kind(), io::ErrorKind::InvalidData);
	}

	#[tokio::test(start_paused = true)]
	async fn a_message_that_does_not_end_is_given_up_and_silence_between_messages_is_not() {
		let (mut near, far) = tokio::io::duplex(1024);
		let mut reader = FrameReader::new(far, 1024);
		let silent = tokio::time::timeout(10 * FRAME_TIMEOUT, reader.next()).await;
		assert!(silent.is_err());
		near.write_all(&[3, 1, 2]).await.unwrap();
		assert_eq!(reader.next().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
	}

	#[tokio::test]
	async fn only_so_many_large_messages_are_read_at_once() {
		let large = Arc::new(Semaphore::new(1));
		let mut sent = Vec::new();
		for _ in 0..2 {
			write_frame(&mut sent, &[7; LARGE_BYTES + 1]).await.unwrap();
		}
		let mut first = FrameReader::new(&sent[..], 2 * LARGE_BYTES).limited_by(large.clone());
		let mut second = FrameReader::new(&sent[..], 2 * LARGE_BYTES).limited_by(large.clone());
		first.next().await.unwrap();
		assert!(futures::poll!(Box::pin(second.next())).is_pending());
		drop(first);
		assert_eq!(second.next().await.unwrap().unwrap().len(), LARGE_BYTES + 1);
	}

	#[tokio::test]
	async fn that_a_large_message_is_coming_is_noted_before_it_is_there() {
		let noted = Arc::new(Semaphore::new(0));
		let (mut near, far) = tokio::io::duplex(LARGE_BYTES);
		let on_part = noted.clone();
		let mut reader = FrameReader::new(far, 2 * LARGE_BYTES).noting(move || on_part.add_permits(1));
		write_frame(&mut near, &[7; 1000]).await.unwrap();
		reader.next().await.unwrap();
		assert_eq!(noted.available_permits(), 0, "a small one is there at once");
		let mut large = Vec::new();
		write_frame(&mut large, &[7; LARGE_BYTES + 1]).await.unwrap();
		for part in [1000, 2000] {
			let before = noted.available_permits();
			near.write_all(&large.drain(..part).collect::<Vec<_>>()).await.unwrap();
			assert!(futures::poll!(Box::pin(reader.next())).is_pending());
			assert!(noted.available_permits() > before);
		}
	}

	#[tokio::test]
	async fn a_message_that_is_cut_off_is_an_error() {
		assert_eq!(read_all(&[3, 1, 2], 1024).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
		assert_eq!(read_all(&[0x81], 1024).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
	}
}
