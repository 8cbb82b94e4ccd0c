//! Streams of our own protocols: opening them, and handing out those that others open.

use crate::tasks::Tasks;
use futures::{StreamExt, future::BoxFuture};
use litep2p::{
	PeerId, ProtocolName,
	codec::ProtocolCodec,
	protocol::{Direction, TransportEvent, TransportService, UserProtocol},
	substream::Substream,
	types::SubstreamId,
};
use std::{collections::HashMap, io, sync::Arc, time::Duration};
use tokio::{
	io::AsyncWriteExt,
	sync::{mpsc, oneshot},
	time::{sleep, timeout},
};

/// How long closing a stream may take before it is dropped.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(4);
const MAX_REQUESTS: usize = 256;
/// Opening is tried so often: over WebRTC a new stream can fail because it has got the number of one that is being closed.
const OPEN_TRIES: usize = 3;
const OPEN_PAUSE: Duration = Duration::from_millis(250);

/// What is done with a stream that another peer has opened.
pub(crate) type Handler = Arc<dyn Fn(PeerId, Substream) -> BoxFuture<'static, ()> + Send + Sync>;

struct Request {
	peer: PeerId,
	reply: oneshot::Sender<io::Result<Substream>>,
}

/// Opens streams to connected peers.
#[derive(Clone)]
pub(crate) struct Opener(mpsc::Sender<Request>);

impl Opener {
	/// Opens a stream. litep2p gives up each try by itself after some seconds.
	pub async fn open(&self, peer: PeerId) -> io::Result<Substream> {
		let mut tries = 1;
		loop {
			match self.try_open(peer).await {
				Err(error) if tries < OPEN_TRIES && error.kind() != io::ErrorKind::NotConnected => {
					tries += 1;
					sleep(OPEN_PAUSE).await;
				}
				result => return result,
			}
		}
	}

	async fn try_open(&self, peer: PeerId) -> io::Result<Substream> {
		let (reply, opened) = oneshot::channel();
		self.0.send(Request { peer, reply }).await.map_err(|_| stopped())?;
		opened.await.map_err(|_| stopped())?
	}
}

/// The requests of an [`Opener`], which [`Streams`] answers.
pub(crate) struct Requests(mpsc::Receiver<Request>);

pub(crate) fn opener() -> (Opener, Requests) {
	let (sender, receiver) = mpsc::channel(MAX_REQUESTS);
	(Opener(sender), Requests(receiver))
}

/// A protocol of streams, as litep2p runs it.
pub(crate) struct Streams {
	pub protocol: &'static str,
	/// So many streams of one peer are served at a time; further ones are dropped.
	pub max_inbound: usize,
	pub requests: Requests,
	pub handler: Handler,
	pub tasks: Tasks,
}

#[async_trait::async_trait]
impl UserProtocol for Streams {
	fn protocol(&self) -> ProtocolName {
		ProtocolName::from(self.protocol)
	}

	fn codec(&self) -> ProtocolCodec {
		// The codec of litep2p takes the memory for a message as soon as somebody says that one will come.
		ProtocolCodec::Unspecified
	}

	async fn run(mut self: Box<Self>, mut service: TransportService) -> litep2p::Result<()> {
		let mut opening: HashMap<SubstreamId, oneshot::Sender<io::Result<Substream>>> = HashMap::new();
		let mut served: HashMap<PeerId, Arc<()>> = HashMap::new();
		loop {
			tokio::select! {
				request = self.requests.0.recv() => match request {
					None => return Ok(()),
					Some(Request { peer, reply }) => match service.open_substream(peer) {
						Ok(id) => {
							opening.insert(id, reply);
						},
						Err(error) => {
							let _ = reply.send(Err(io::Error::new(io::ErrorKind::NotConnected, error)));
						},
					},
				},
				event = service.next() => match event {
					None => return Ok(()),
					Some(TransportEvent::SubstreamOpened { peer, substream, direction: Direction::Inbound, .. }) => {
						let slots = served.entry(peer).or_default();
						// One of these is the map's own.
						if Arc::strong_count(slots) <= self.max_inbound {
							let (slot, handler) = (slots.clone(), self.handler.clone());
							self.tasks.spawn(async move {
								handler(peer, substream).await;
								drop(slot);
							});
						}
					},
					Some(TransportEvent::SubstreamOpened { substream, direction: Direction::Outbound(id), .. }) => {
						if let Some(reply) = opening.remove(&id) {
							let _ = reply.send(Ok(substream));
						}
					},
					Some(TransportEvent::SubstreamOpenFailure { substream, error }) => {
						if let Some(reply) = opening.remove(&substream) {
							let _ = reply.send(Err(io::Error::other(error)));
						}
					},
					Some(TransportEvent::ConnectionClosed { peer }) => {
						served.remove(&peer);
					},
					Some(TransportEvent::ConnectionEstablished { .. } | TransportEvent::DialFailure { .. }) => {},
				},
			}
		}
	}
}

/// Says that no more is coming, and lets go of the stream.
pub(crate) async fn close(mut stream: Substream) {
	let _ = timeout(CLOSE_TIMEOUT, stream.shutdown()).await;
}

fn stopped() -> io::Error {
	io::Error::new(io::ErrorKind::NotConnected, "the peer has been shut down")
}
