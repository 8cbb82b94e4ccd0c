//! Peers that do not keep to the protocols: they get nothing by it, and others go on undisturbed.

#[path = "common/changes.rs"]
mod changes;
mod common;

use airo_dx::{Config, ContentId, DxError, PeerId};
use bytes::Bytes;
use changes::Changes;
use common::{CHUNK, LONG, MAX_BYTES, Peer, eventually, joining, pattern};
use futures::StreamExt;
use litep2p::{
	Litep2p, ProtocolName,
	codec::ProtocolCodec,
	config::ConfigBuilder,
	protocol::{
		Direction, TransportEvent, TransportService, UserProtocol,
		libp2p::{identify, ping},
	},
	substream::Substream,
	transport::tcp::config::Config as TcpConfig,
};
use std::{
	panic,
	sync::atomic::{AtomicUsize, Ordering},
	thread,
};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	sync::mpsc,
	task::JoinHandle,
	time::timeout,
};

const BITSWAP: &str = "/ipfs/bitswap/1.2.0";
const KEEP: &str = "/airo/dx/keep/1.0.0";

/// Somebody who can open streams to a peer and say on them whatever it wants.
struct Stranger {
	id: PeerId,
	bitswap: Streams,
	keep: Streams,
	work: JoinHandle<()>,
}

impl Drop for Stranger {
	fn drop(&mut self) {
		self.work.abort();
	}
}

struct Streams {
	open: mpsc::UnboundedSender<()>,
	opened: mpsc::UnboundedReceiver<Substream>,
	/// The streams that the peer opens.
	inbound: mpsc::UnboundedReceiver<Substream>,
}

struct Protocol {
	name: &'static str,
	open: mpsc::UnboundedReceiver<()>,
	opened: mpsc::UnboundedSender<Substream>,
	inbound: mpsc::UnboundedSender<Substream>,
}

#[async_trait::async_trait]
impl UserProtocol for Protocol {
	fn protocol(&self) -> ProtocolName {
		self.name.into()
	}

	fn codec(&self) -> ProtocolCodec {
		ProtocolCodec::Unspecified
	}

	async fn run(mut self: Box<Self>, mut service: TransportService) -> litep2p::Result<()> {
		let mut victim = None;
		loop {
			tokio::select! {
				event = service.next() => match event {
					Some(TransportEvent::ConnectionEstablished { peer, .. }) => victim = Some(peer),
					Some(TransportEvent::SubstreamOpened { substream, direction: Direction::Inbound, .. }) => {
						let _ = self.inbound.send(substream);
					},
					Some(TransportEvent::SubstreamOpened { substream, .. }) => {
						let _ = self.opened.send(substream);
					},
					Some(_) => {},
					None => return Ok(()),
				},
				Some(()) = self.open.recv(), if victim.is_some() => {
					service.open_substream(victim.unwrap()).unwrap();
				},
			}
		}
	}
}

fn protocol(name: &'static str) -> (Box<Protocol>, Streams) {
	let (open, open_requests) = mpsc::unbounded_channel();
	let (opened_sender, opened) = mpsc::unbounded_channel();
	let (inbound_sender, inbound) = mpsc::unbounded_channel();
	let protocol = Protocol { name, open: open_requests, opened: opened_sender, inbound: inbound_sender };
	(Box::new(protocol), Streams { open, opened, inbound })
}

impl Streams {
	async fn open(&mut self) -> Substream {
		self.open.send(()).unwrap();
		timeout(LONG, self.opened.recv()).await.unwrap().unwrap()
	}
}

impl Stranger {
	async fn connect(victim: &Peer) -> Self {
		let (bitswap_protocol, bitswap) = protocol(BITSWAP);
		let (keep_protocol, keep) = protocol(KEEP);
		let (ping, mut pings) = ping::Config::default();
		let (identify, mut identified) = identify::Config::new("stranger".into(), None);
		let config = ConfigBuilder::new()
			.with_tcp(TcpConfig { listen_addresses: Vec::new(), reuse_port: false, ..TcpConfig::default() })
			.with_keep_alive_timeout(LONG)
			.with_libp2p_ping(ping)
			.with_libp2p_identify(identify)
			.with_user_protocol(bitswap_protocol)
			.with_user_protocol(keep_protocol)
			.build();
		let mut litep2p = Litep2p::new(config).unwrap();
		let id = *litep2p.local_peer_id();
		litep2p.dial_address(victim.address()).await.unwrap();
		let work = tokio::spawn(async move {
			loop {
				tokio::select! {
					event = litep2p.next_event() => if event.is_none() { return },
					event = pings.next() => if event.is_none() { return },
					event = identified.next() => if event.is_none() { return },
				}
			}
		});
		eventually("the stranger is taken for a storer", || async {
			victim.peers().await.iter().any(|peer| peer.peer == id.to_string() && peer.keeps)
		})
		.await;
		Self { id, bitswap, keep, work }
	}
}

fn varint(mut value: usize) -> Vec<u8> {
	let mut bytes = Vec::new();
	while value > 0x7f {
		bytes.push((value & 0x7f) as u8 | 0x80);
		value >>= 7;
	}
	bytes.push(value as u8);
	bytes
}

fn field(number: usize, bytes: &[u8]) -> Vec<u8> {
	[varint(number << 3 | 2), varint(bytes.len()), bytes.to_vec()].concat()
}

fn frame(message: &[u8]) -> Vec<u8> {
	[varint(message.len()), message.to_vec()].concat()
}

/// Wants these blocks.
fn wants(keys: impl Iterator<Item = ContentId>) -> Vec<u8> {
	let entries = keys.map(|key| field(1, &[field(1, &key.cid().to_bytes()), vec![0x28, 1]].concat()));
	frame(&field(1, &entries.collect::<Vec<_>>().concat()))
}

/// Gives a raw block.
fn block(bytes: &[u8]) -> Vec<u8> {
	frame(&field(3, &[field(1, &[1, 0x55, 0x12, 0x20]), field(2, bytes)].concat()))
}

async fn is_closed(stream: &mut Substream) -> bool {
	timeout(LONG, stream.read(&mut [0; 64])).await.is_ok_and(|read| !matches!(read, Ok(1..)))
}

/// The peer still serves others.
async fn serves(victim: &Peer) {
	let honest = Peer::join(&[victim]).await.with_storers(1).await;
	let data = pattern(2 * CHUNK, 99);
	let key = honest.put(&data).await;
	assert_eq!(victim.download(key, MAX_BYTES, LONG).await.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_messages_that_are_too_long_close_the_stream() {
	let victim = Peer::join(&[]).await;
	let mut stranger = Stranger::connect(&victim).await;
	let garbage = frame(&[0xff; 40]);
	let too_long = varint(4 * CHUNK + 1);
	for said in [&garbage, &too_long] {
		let mut stream = stranger.bitswap.open().await;
		stream.write_all(said).await.unwrap();
		assert!(is_closed(&mut stream).await);
	}
	for said in [&garbage, &frame(&[b' '; 1025]), &frame(br#"{"id":"one"}"#)] {
		let mut stream = stranger.keep.open().await;
		stream.write_all(said).await.unwrap();
		assert!(is_closed(&mut stream).await);
	}
	serves(&victim).await;
}

/// A panic in one of the peer's tasks would end that task alone, so it is noticed here.
fn count_panics_of_tasks() -> &'static AtomicUsize {
	static PANICS: AtomicUsize = AtomicUsize::new(0);
	let report = panic::take_hook();
	panic::set_hook(Box::new(move |about| {
		if thread::current().name().is_some_and(|name| name.starts_with("tokio-r")) {
			PANICS.fetch_add(1, Ordering::Relaxed);
		}
		report(about);
	}));
	&PANICS
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_were_changed_are_read_or_end_their_stream() {
	let panics = count_panics_of_tasks();
	let victim = Peer::join(&[]).await;
	let key = victim.put(&pattern(1000, 3)).await;
	let mut stranger = Stranger::connect(&victim).await;
	let said = [wants([key].into_iter()), block(b"something"), dont_have(&key)];
	let asked = frame(format!(r#"{{"id":1,"key":"{key}","bytes":1000}}"#).as_bytes());
	let mut changes = Changes::new(20_261_123);
	for round in 0..60 {
		let mut stream = stranger.bitswap.open().await;
		// Either the frame is changed, or what is in it. Whether the peer still listens makes no difference here.
		let message = &said[round % said.len()];
		let changed = if round % 2 == 0 { changes.of(message) } else { frame(&changes.of(&message[1..])) };
		let _ = stream.write_all(&changed).await;
		let mut stream = stranger.keep.open().await;
		let changed = if round % 2 == 0 { changes.of(&asked) } else { frame(&changes.of(&asked[1..])) };
		let _ = stream.write_all(&changed).await;
		// What the peer has to say to it is taken, so that it need not wait.
		while stranger.bitswap.inbound.try_recv().is_ok() {}
	}
	serves(&victim).await;
	assert_eq!(panics.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_wants_is_forgotten() {
	let victim = Peer::join(&[]).await;
	let mut stranger = Stranger::connect(&victim).await;
	let mut stream = stranger.bitswap.open().await;
	for round in 0..20_u32 {
		let keys = (0..2_000_u32).map(|i| ContentId::of(&Bytes::from([round, i].map(u32::to_le_bytes).concat())));
		stream.write_all(&wants(keys)).await.unwrap();
	}
	serves(&victim).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_wants_much_and_reads_nothing_delays_nobody() {
	let victim = Peer::join(&[]).await;
	let data = pattern(20 * CHUNK, 1);
	victim.put(&data).await;
	let leaves: Vec<ContentId> = (0..20).map(|i| ContentId::of(&data.slice(i * CHUNK..(i + 1) * CHUNK))).collect();
	let mut stranger = Stranger::connect(&victim).await;
	let mut stream = stranger.bitswap.open().await;
	stream.write_all(&wants(leaves.into_iter())).await.unwrap();
	let _unread = timeout(LONG, stranger.bitswap.inbound.recv()).await.unwrap().unwrap();
	serves(&victim).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_something_else_for_a_block_is_found_out() {
	let victim = Peer::join(&[]).await;
	let mut stranger = Stranger::connect(&victim).await;
	let data = pattern(1000, 1);
	let key = ContentId::of(&data);
	let mut stream = stranger.bitswap.open().await;
	let (result, ()) = tokio::join!(victim.download(key, MAX_BYTES, LONG), async {
		let mut asked = timeout(LONG, stranger.bitswap.inbound.recv()).await.unwrap().unwrap();
		asked.read_u8().await.unwrap();
		stream.write_all(&block(b"something else")).await.unwrap();
	});
	let error = result.unwrap_err();
	assert!(matches!(&error, DxError::Corrupt(message) if message.contains(&stranger.id.to_string())), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_only_when_asked_for_the_second_time_is_asked_again() {
	let victim = Peer::join(&[]).await;
	let mut stranger = Stranger::connect(&victim).await;
	let data = pattern(1000, 1);
	let key = ContentId::of(&data);
	let mut giving = stranger.bitswap.open().await;
	let (result, ()) = tokio::join!(victim.download(key, MAX_BYTES, LONG), async {
		let mut asked = None;
		for _ in 0..2 {
			until_asked(&mut asked, &mut stranger.bitswap).await;
		}
		giving.write_all(&block(&data)).await.unwrap();
	});
	assert_eq!(result.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_liar_does_not_keep_others_from_giving_the_right_thing() {
	let holder = Peer::start(Config { replicas: 1, ..joining(&[]) }).await;
	let victim = Peer::join(&[&holder]).await.with_storers(1).await;
	let mut stranger = Stranger::connect(&victim).await;
	let mut lying = stranger.bitswap.open().await;
	let lie = tokio::spawn(async move {
		let mut asked = None;
		loop {
			until_asked(&mut asked, &mut stranger.bitswap).await;
			lying.write_all(&block(b"something else")).await.unwrap();
		}
	});
	// Which of the two is asked first depends on the key.
	for seed in 0..10 {
		let data = pattern(1000, seed);
		let key = holder.put(&data).await;
		assert_eq!(victim.download(key, MAX_BYTES, LONG).await.unwrap(), data);
	}
	assert!(!lie.is_finished());
	lie.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_refused_with_a_reason() {
	let victim = Peer::join(&[]).await;
	let mut stranger = Stranger::connect(&victim).await;
	let data = Bytes::from_static(b"airo");
	let key = ContentId::of(&data);
	let mut asking = stranger.keep.open().await;
	let ask =
		|id: usize, key: &str, bytes: u64| frame(format!(r#"{{"id":{id},"key":"{key}","bytes":{bytes}}}"#).as_bytes());
	asking.write_all(&ask(1, "bafkno", 4)).await.unwrap();
	assert_eq!(reason(&mut asking).await, (1, "Invalid".into()));
	asking.write_all(&ask(2, &key.to_string(), 1 << 40)).await.unwrap();
	assert_eq!(reason(&mut asking).await, (2, "TooLarge".into()));

	let mut giving = stranger.bitswap.open().await;
	let mut asked = None;
	for (id, bytes, given, expected) in [
		// It has another size than said, and something else is given for it.
		(3, 5, block(&data), "Corrupt"),
		(4, 4, block(b"something else"), "Corrupt"),
		// It is not there.
		(5, 4, dont_have(&key), "NotFetched"),
	] {
		asking.write_all(&ask(id, &key.to_string(), bytes)).await.unwrap();
		until_asked(&mut asked, &mut stranger.bitswap).await;
		giving.write_all(&given).await.unwrap();
		assert_eq!(reason(&mut asking).await, (id, expected.into()));
	}
	assert_eq!(victim.stat().await.keys, 0, "nothing of it is left");
	assert_eq!(victim.stat().await.bytes, 0);
}

/// Says that a block is not there.
fn dont_have(key: &ContentId) -> Vec<u8> {
	frame(&field(4, &[field(1, &key.cid().to_bytes()), vec![0x10, 1]].concat()))
}

/// Waits until a block is asked for, on the stream on which that was done before or a new one.
async fn until_asked(stream: &mut Option<Substream>, streams: &mut Streams) {
	loop {
		let frame = match stream {
			Some(stream) => read_frame(stream).await,
			None => None,
		};
		match frame {
			// What is not wanted any more is told too.
			Some(frame) if frame.ends_with(&[0x18, 1]) => {}
			Some(_) => return,
			None => *stream = Some(timeout(LONG, streams.inbound.recv()).await.unwrap().unwrap()),
		}
	}
}

/// The next message of less than 16 KiB; nothing when the stream is closed.
async fn read_frame(stream: &mut Substream) -> Option<Vec<u8>> {
	let reading = async {
		let mut length = usize::from(stream.read_u8().await.ok()?);
		if length >= 0x80 {
			length = length & 0x7f | usize::from(stream.read_u8().await.ok()?) << 7;
		}
		let mut frame = vec![0; length];
		stream.read_exact(&mut frame).await.ok()?;
		Some(frame)
	};
	timeout(LONG, reading).await.unwrap()
}

/// The number and the reason of a refusal.
async fn reason(stream: &mut Substream) -> (usize, String) {
	let answer = read_frame(stream).await.unwrap();
	let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
	assert_eq!(answer["kept"], false);
	(answer["id"].as_u64().unwrap() as usize, answer["reason"].as_str().unwrap().to_owned())
}
