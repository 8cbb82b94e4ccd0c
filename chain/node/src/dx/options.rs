//! The options of the node's Dx peer.

use airo_dx::{Config, Multiaddr};
use clap::{Args, value_parser};
use std::{path::PathBuf, time::Duration};

/// The port of Dx where `--dx-listen-addr` says nothing else: TCP, and UDP for WebRTC; WebSocket is on the next one. The
/// Dx server in TypeScript has 30600 and 30601, so that both can run on one machine.
pub const DEFAULT_PORT: u16 = 30700;

const MIB: u64 = 1024 * 1024;

/// What a request or a response has besides the data.
const ENVELOPE_BYTES: u64 = 4096;

/// The options of Dx, the network on which payloads travel.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Dx")]
pub struct DxParams {
	/// Run without Dx: keep no payloads, and offer neither `dx_upload` nor `dx_download`.
	#[arg(long)]
	pub no_dx: bool,

	/// Listen for Dx peers on this address; can be given several times.
	///
	/// The transports are TCP (`/ip4/127.0.0.1/tcp/30700`), WebSocket (`/ip4/127.0.0.1/tcp/30701/ws`) and WebRTC
	/// (`/ip4/127.0.0.1/udp/30700/webrtc-direct`); pages use the last two. Port 0 means any free one.
	///
	/// By default these three on every interface. When the ports are taken, any free ones.
	#[arg(long, value_name = "LISTEN_ADDR")]
	pub dx_listen_addr: Vec<Multiaddr>,

	/// Tell Dx peers this address instead of those that are listened on; can be given several times.
	#[arg(long, value_name = "PUBLIC_ADDR")]
	pub dx_public_addr: Vec<Multiaddr>,

	/// Join the Dx network through the peer at this address, which ends in `/p2p/ID`; can be given several times.
	#[arg(long, value_name = "ADDR")]
	pub dx_bootstrap: Vec<Multiaddr>,

	/// The file with the secret of the Dx peer's Ed25519 key: 32 bytes, in hexadecimal or as they are. It is made if it
	/// does not exist.
	///
	/// By default `dx/secret_ed25519` in the chain's folder of the base path. It is not the node key: the two networks
	/// know nothing of each other.
	#[arg(long, value_name = "FILE")]
	pub dx_key_file: Option<PathBuf>,

	/// How many peers must hold an upload before it is done, this one counted, if there are as many.
	#[arg(long, value_name = "COUNT", default_value_t = Config::default().replicas as u64,
		value_parser = value_parser!(u64).range(1..=20))]
	pub dx_replicas: u64,

	/// The most bytes of data that Dx keeps.
	#[arg(long, value_name = "BYTES", default_value_t = Config::default().total_bytes)]
	pub dx_total_bytes: u64,

	/// The most bytes of these that the chain does not refer to.
	#[arg(long, value_name = "BYTES", default_value_t = Config::default().stranger_bytes)]
	pub dx_stranger_bytes: u64,

	/// For how long data is kept that the chain does not refer to, or no longer.
	#[arg(long, value_name = "SECONDS", default_value_t = Config::default().stranger_time.as_secs())]
	pub dx_stranger_seconds: u64,

	/// The most bytes of one upload or download by JSON-RPC.
	///
	/// The limits of JSON-RPC follow it where `--rpc-max-request-size` and `--rpc-max-response-size` are not given; where
	/// they are, they can make it less.
	#[arg(long, value_name = "BYTES", default_value_t = Config::default().max_rpc_bytes as u64,
		value_parser = value_parser!(u64).range(1..=256 * MIB))]
	pub dx_max_rpc_bytes: u64,

	/// Take uploads from everybody who reaches the JSON-RPC server.
	///
	/// Without it `dx_upload` counts as an unsafe method, for which see `--rpc-methods`: by default it is open to callers
	/// on this machine only. `dx_download` is open to all.
	#[arg(long)]
	pub dx_unsafe_upload: bool,
}

impl DxParams {
	/// What the options say about the peer.
	pub fn config(&self) -> Config {
		Config {
			listen: self.dx_listen_addr.clone(),
			announce: self.dx_public_addr.clone(),
			bootstrap: self.dx_bootstrap.clone(),
			total_bytes: self.dx_total_bytes,
			stranger_bytes: self.dx_stranger_bytes,
			stranger_time: Duration::from_secs(self.dx_stranger_seconds),
			replicas: self.dx_replicas as usize,
			max_rpc_bytes: self.dx_max_rpc_bytes as usize,
			..Config::default()
		}
	}

	/// The size of a request or a response, in megabytes as the SDK counts them, that data of the largest size needs in
	/// hexadecimal.
	pub fn needed_rpc_megabytes(&self) -> u32 {
		(2 * self.dx_max_rpc_bytes + ENVELOPE_BYTES).div_ceil(MIB) as u32
	}

	/// The most bytes of one upload or download, where responses can have so many megabytes.
	pub fn max_rpc_bytes(&self, response_megabytes: u32) -> usize {
		let fits = (u64::from(response_megabytes) * MIB).saturating_sub(ENVELOPE_BYTES) / 2;
		self.dx_max_rpc_bytes.min(fits) as usize
	}
}
