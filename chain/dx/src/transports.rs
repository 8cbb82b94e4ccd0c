//! How litep2p is set up: transports, protocols and their limits.

use crate::{
	Config, StartError,
	announcer::ROUND,
	network::{self, KAD_PROTOCOL, Listener},
	streams::Streams,
	tasks::Tasks,
	webrtc,
};
use litep2p::{
	Litep2p, PeerId, ProtocolName,
	config::ConfigBuilder,
	crypto::ed25519::{Keypair, SecretKey},
	protocol::libp2p::{
		identify,
		kademlia::{ConfigBuilder as KademliaConfig, IncomingRecordValidationMode},
		ping,
	},
	transport::{
		ConnectionLimitsConfig, tcp::config::Config as TcpConfig, webrtc::config::Config as WebRtcConfig,
		websocket::config::Config as WebSocketConfig,
	},
	types::multiaddr::{Multiaddr, Protocol},
	yamux,
};
use std::{sync::Arc, time::Duration};

/// Each connection takes a quarter of a megabyte for the frames of its encryption.
const MAX_INCOMING: usize = 1_000;
const MAX_OUTGOING: usize = 500;
const NOISE_FRAMES: usize = 2;
const MAX_STREAMS: usize = 128;
/// Its least value for so many streams.
const MAX_WINDOW_BYTES: usize = MAX_STREAMS * 256 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A peer stays connected although there is nothing to say: the next payload shall not wait for a connection.
const KEEP_ALIVE: Duration = Duration::from_secs(365 * 24 * 3600);

/// Records of others that are kept, and for how long.
const MAX_PROVIDER_KEYS: usize = 65_536;
const PROVIDER_TIME: Duration = Duration::from_secs(48 * 3600);

/// What listens and dials, with the addresses to tell others.
pub(crate) struct Transports {
	pub network: network::Parts,
	pub peer: PeerId,
	pub addresses: Vec<Multiaddr>,
}

/// The addresses to listen on, by the transport.
#[derive(Default)]
struct Listen {
	tcp: Vec<Multiaddr>,
	websocket: Vec<Multiaddr>,
	webrtc: Vec<Multiaddr>,
}

/// Starts to listen. From here on everything must be polled.
pub(crate) fn open(
	config: &Config,
	protocols: Vec<Streams>,
	listener: Arc<dyn Listener>,
	tasks: Tasks,
) -> Result<Transports, StartError> {
	let listen = Listen::read(&config.listen)?;
	let (ping_config, ping) = ping::Config::default();
	let agent = format!("airo-dx/{}", env!("CARGO_PKG_VERSION"));
	let (identify_config, identify) = identify::Config::new("/airo/dx/1.0.0".into(), Some(agent));
	let (kademlia_config, kademlia) = KademliaConfig::new()
		.with_protocol_names(vec![ProtocolName::from(KAD_PROTOCOL)])
		.with_provider_refresh_interval(ROUND)
		.with_provider_record_ttl(PROVIDER_TIME)
		.with_max_provider_keys(MAX_PROVIDER_KEYS)
		// Dx has no other records than those of providers.
		.with_incoming_records_validation_mode(IncomingRecordValidationMode::Manual)
		.build();
	let limits = ConnectionLimitsConfig::default()
		.max_incoming_connections(Some(MAX_INCOMING))
		.max_outgoing_connections(Some(MAX_OUTGOING));
	let mut builder = ConfigBuilder::new()
		.with_keypair(keypair(config.identity))
		.with_executor(Arc::new(tasks))
		.with_system_resolver()
		.with_keep_alive_timeout(KEEP_ALIVE)
		.with_connection_limits(limits)
		.with_libp2p_ping(ping_config)
		.with_libp2p_identify(identify_config)
		.with_libp2p_kademlia(kademlia_config)
		.with_tcp(TcpConfig {
			listen_addresses: listen.tcp,
			// A connection from the port that is listened on could not be made again soon after it was lost.
			reuse_port: false,
			nodelay: true,
			yamux_config: yamux_config(),
			noise_read_ahead_frame_count: NOISE_FRAMES,
			noise_write_buffer_size: NOISE_FRAMES,
			connection_open_timeout: CONNECT_TIMEOUT,
			..Default::default()
		})
		.with_websocket(WebSocketConfig {
			listen_addresses: listen.websocket,
			reuse_port: false,
			nodelay: true,
			yamux_config: yamux_config(),
			noise_read_ahead_frame_count: NOISE_FRAMES,
			noise_write_buffer_size: NOISE_FRAMES,
			connection_open_timeout: CONNECT_TIMEOUT,
			..Default::default()
		});
	let mut certhash = None;
	if !listen.webrtc.is_empty() {
		let certificate = webrtc::certificate(config.base_path.as_deref())?;
		certhash = Some(Protocol::Certhash(certificate.certhash()));
		builder = builder.with_webrtc(WebRtcConfig {
			listen_addresses: listen.webrtc,
			certificate: Some(certificate),
			..Default::default()
		});
	}
	for protocol in protocols {
		builder = builder.with_user_protocol(Box::new(protocol));
	}
	let litep2p = Litep2p::new(builder.build()).map_err(|error| StartError::Network(error.to_string()))?;
	let peer = *litep2p.local_peer_id();
	for wanted in &config.listen {
		// litep2p goes on without an address that it cannot listen on.
		if !litep2p.listen_addresses().any(|address| is_for(address, wanted)) {
			return Err(StartError::Network(format!("{wanted} is taken, or is no address of this machine.")));
		}
	}
	let addresses: Vec<Multiaddr> = match config.announce.is_empty() {
		true => litep2p.listen_addresses().cloned().collect(),
		false => config.announce.iter().map(|address| complete(address, certhash.as_ref(), peer)).collect(),
	};
	for address in &addresses {
		// Kademlia tells only these.
		litep2p.public_addresses().add_address(address.clone()).map_err(|error| {
			StartError::InvalidConfig(format!("{address} cannot be an address of this peer, {peer}: {error:?}"))
		})?;
	}
	let network = network::Parts { litep2p, kademlia, identify, ping, listener };
	Ok(Transports { network, peer, addresses })
}

impl Listen {
	fn read(addresses: &[Multiaddr]) -> Result<Self, StartError> {
		let mut listen = Self::default();
		for address in addresses {
			let parts: Vec<Protocol> = address.iter().collect();
			let list = match parts[..] {
				[Protocol::Ip4(_) | Protocol::Ip6(_), Protocol::Tcp(_)] => &mut listen.tcp,
				[Protocol::Ip4(_) | Protocol::Ip6(_), Protocol::Tcp(_), Protocol::Ws(_)] => &mut listen.websocket,
				[Protocol::Ip4(_) | Protocol::Ip6(_), Protocol::Udp(_), Protocol::WebRTCDirect] => &mut listen.webrtc,
				_ => {
					return Err(StartError::InvalidConfig(format!(
						"\"{address}\" cannot be listened on: use /ip4/IP/tcp/PORT, /ip4/IP/tcp/PORT/ws or \
						 /ip4/IP/udp/PORT/webrtc-direct (or /ip6)."
					)));
				}
			};
			list.push(address.clone());
		}
		Ok(listen)
	}
}

/// Whether an address that is listened on comes from one that was to be listened on: with a port where any was wanted, an
/// address of this machine where all were wanted, and the peer id.
fn is_for(address: &Multiaddr, wanted: &Multiaddr) -> bool {
	let mut parts = address.iter();
	wanted.iter().all(|wanted| match (wanted, parts.next()) {
		(Protocol::Ip4(wanted), Some(Protocol::Ip4(ip))) => wanted.is_unspecified() || wanted == ip,
		(Protocol::Ip6(wanted), Some(Protocol::Ip6(ip))) => wanted.is_unspecified() || wanted == ip,
		(Protocol::Tcp(wanted), Some(Protocol::Tcp(port))) => wanted == 0 || wanted == port,
		(Protocol::Udp(wanted), Some(Protocol::Udp(port))) => wanted == 0 || wanted == port,
		(wanted, part) => part == Some(wanted),
	}) && parts.all(|part| matches!(part, Protocol::Certhash(_) | Protocol::P2p(_)))
}

/// An address with all that is needed to dial it.
fn complete(address: &Multiaddr, certhash: Option<&Protocol<'static>>, peer: PeerId) -> Multiaddr {
	let mut address = address.clone();
	if matches!(address.iter().last(), Some(Protocol::WebRTCDirect)) {
		certhash.into_iter().for_each(|certhash| address.push(certhash.clone()));
	}
	if !matches!(address.iter().last(), Some(Protocol::P2p(_))) {
		address.push(Protocol::P2p(peer.into()));
	}
	address
}

fn keypair(identity: [u8; 32]) -> Keypair {
	SecretKey::try_from_bytes(identity).expect("any 32 bytes are the secret of an Ed25519 key").into()
}

fn yamux_config() -> yamux::Config {
	let mut config = yamux::Config::default();
	config.set_max_num_streams(MAX_STREAMS);
	config.set_max_connection_receive_window(Some(MAX_WINDOW_BYTES));
	config
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_address_that_cannot_be_listened_on_is_refused() {
		for address in ["/ip4/127.0.0.1/udp/0/quic-v1", "/dns/localhost/tcp/0", "/ip4/127.0.0.1/tcp/0/wss"] {
			assert!(
				matches!(Listen::read(&[address.parse().unwrap()]), Err(StartError::InvalidConfig(_))),
				"{address}"
			);
		}
	}

	#[test]
	fn an_announced_address_gets_what_is_needed_to_dial_it() {
		let peer = PeerId::random();
		let certificate = webrtc::certificate(None).unwrap();
		let certhash = Protocol::Certhash(certificate.certhash());
		let complete = |address: &str| complete(&address.parse().unwrap(), Some(&certhash), peer).to_string();
		assert_eq!(complete("/dns/a.org/tcp/1"), format!("/dns/a.org/tcp/1/p2p/{peer}"));
		assert_eq!(complete(&format!("/dns/a.org/tcp/1/p2p/{peer}")), format!("/dns/a.org/tcp/1/p2p/{peer}"));
		let direct = complete("/ip4/1.2.3.4/udp/5/webrtc-direct");
		assert!(direct.starts_with("/ip4/1.2.3.4/udp/5/webrtc-direct/certhash/uEi"), "{direct}");
		assert!(direct.ends_with(&format!("/p2p/{peer}")), "{direct}");
	}
}
