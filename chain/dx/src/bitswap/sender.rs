//! The task that says to one peer what is to be said to it, in messages as large as they may be, on one stream that is kept
//! open for a while.

use super::{BITSWAP_PROTOCOL, Bitswap, DIAL_TIMEOUT, digest_of, link::Outbox, message};
use crate::{frames::write_frame, streams};
use bytes::Bytes;
use cid::Cid;
use litep2p::{PeerId, substream::Substream};
use std::{future::pending, io, sync::Arc, time::Duration};
use tokio::{
	sync::Notify,
	time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// A message is closed when it has this many bytes of blocks; it is less than what peers take (2 to 4 MiB).
const MESSAGE_BYTES: usize = 1024 * 1024;
/// Some implementations drop a stream on which nothing comes for ten seconds, so it is closed before.
const IDLE: Duration = Duration::from_secs(4);
/// How long a peer may take to accept a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Says what is to be said until the peer has left.
pub(super) async fn run(bitswap: Arc<Bitswap>, peer: PeerId, wake: Arc<Notify>, stop: CancellationToken) {
	tokio::select! {
		_ = stop.cancelled() => {},
		_ = send_all(bitswap, peer, wake) => {},
	}
}

async fn send_all(bitswap: Arc<Bitswap>, peer: PeerId, wake: Arc<Notify>) {
	let mut stream = None;
	loop {
		let idle = async {
			match stream.is_some() {
				true => sleep(IDLE).await,
				false => pending().await,
			}
		};
		tokio::select! {
			_ = wake.notified() => {},
			_ = idle => {
				if let Some(stream) = stream.take() {
					bitswap.parts.tasks.spawn(streams::close(stream));
				}
				continue;
			},
		}
		while let Some(outbox) = bitswap.take_outbox(&peer) {
			if let Err(error) = send(&bitswap, peer, &mut stream, outbox).await {
				log::debug!(target: "dx", "nothing can be said to {peer} on {BITSWAP_PROTOCOL}: {error}");
				stream = None;
				bitswap.on_send_failed(&peer);
			}
		}
	}
}

/// Sends one message; blocks that do not fit into it go back.
async fn send(bitswap: &Bitswap, peer: PeerId, stream: &mut Option<Substream>, mut outbox: Outbox) -> io::Result<()> {
	let _permit = match outbox.blocks.is_empty() {
		true => None,
		false => bitswap.sending.acquire().await.ok(),
	};
	let mut blocks: Vec<(Cid, Bytes)> = Vec::new();
	let mut size = 0;
	while size < MESSAGE_BYTES {
		let Some((cid, ())) = outbox.blocks.shift_remove_index(0) else { break };
		let digest = digest_of(cid.hash());
		let read = match digest {
			Some(digest) => bitswap.parts.store.get(&digest).await,
			None => None,
		};
		match read {
			Some(bytes) => {
				size += bytes.len();
				blocks.push((cid, bytes));
			}
			None => {
				outbox.presences.insert(cid, message::Presence { cid, has: false });
			}
		}
	}
	if !outbox.blocks.is_empty() {
		if let Some(link) = bitswap.lock().links.get_mut(&peer) {
			link.put_back(std::mem::take(&mut outbox.blocks));
		}
	}
	let wants: Vec<_> = outbox.wants.into_values().collect();
	let presences: Vec<_> = outbox.presences.into_values().collect();
	let message = message::encode(&wants, &blocks, &presences);
	let sent = async {
		if let Some(kept) = stream.as_mut() {
			// The peer may have dropped the stream meanwhile; a new one tells whether the peer itself is gone.
			if write_frame(kept, &message).await.is_ok() {
				return Ok(());
			}
		}
		write_frame(stream.insert(open(bitswap, peer).await?), &message).await
	};
	timeout(SEND_TIMEOUT, sent).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
	for (_, bytes) in blocks {
		bitswap.parts.metrics.block_sent(bytes.len());
	}
	Ok(())
}

async fn open(bitswap: &Bitswap, peer: PeerId) -> io::Result<Substream> {
	let network = &bitswap.parts.network;
	if !network.is_connected(&peer) {
		timeout(DIAL_TIMEOUT, network.dial(peer, Vec::new()))
			.await
			.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
	}
	bitswap.parts.opener.open(peer).await
}
