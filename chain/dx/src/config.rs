//! What a peer can be told.

use litep2p::types::multiaddr::Multiaddr;
use std::{path::PathBuf, time::Duration};

const MIB: u64 = 1024 * 1024;

/// The configuration of a peer. All but the identity has a default.
#[derive(Clone, Debug)]
pub struct Config {
	/// The secret of the peer's Ed25519 key. It belongs to Dx alone: the chain's node has another one.
	pub identity: [u8; 32],
	/// The folder that keeps the data and the certificate of webrtc-direct. Without it everything is in memory, and the
	/// webrtc-direct address is another one after each start.
	pub base_path: Option<PathBuf>,
	/// The addresses to listen on: `/ip4/127.0.0.1/tcp/0`, `/ip4/127.0.0.1/tcp/0/ws`,
	/// `/ip4/127.0.0.1/udp/0/webrtc-direct`. With none the peer only dials.
	pub listen: Vec<Multiaddr>,
	/// The addresses to tell others instead of those: for a peer behind a port forwarding.
	pub announce: Vec<Multiaddr>,
	/// The addresses of the peers through which the network is joined; each ends in `/p2p/ID`.
	pub bootstrap: Vec<Multiaddr>,
	/// The most bytes of all data that is kept.
	pub total_bytes: u64,
	/// Of these, the most bytes of data that the chain does not refer to.
	pub stranger_bytes: u64,
	/// How long data is kept that the chain does not refer to.
	pub stranger_time: Duration,
	/// How many peers must hold an upload before it is done, this one counted, if there are as many.
	pub replicas: usize,
	/// The most bytes that one upload or download by JSON-RPC can have.
	pub max_rpc_bytes: usize,
	/// Where the peer's metrics are registered, if anywhere.
	pub metrics: Option<prometheus::Registry>,
}

impl Default for Config {
	fn default() -> Self {
		Self {
			identity: rand::random(),
			base_path: None,
			listen: Vec::new(),
			announce: Vec::new(),
			bootstrap: Vec::new(),
			total_bytes: 64 * 1024 * MIB,
			stranger_bytes: 256 * MIB,
			stranger_time: Duration::from_secs(10 * 60),
			replicas: 2,
			max_rpc_bytes: 64 * 1024 * 1024,
			metrics: None,
		}
	}
}
