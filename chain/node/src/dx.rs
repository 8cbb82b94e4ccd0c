//! The node's Dx peer: a network of its own beside the chain's, for the payloads that the chain refers to.
//!
//! The chain comes first: when Dx cannot start or ends, the log says so and the node goes on making blocks. Only what is
//! wrong on the command line stops the node, at once.

mod options;
mod references;

pub use options::DxParams;
pub use references::follow;

use airo_dx::{Config, Dx, Multiaddr, StartError};
use jsonrpsee::{Extensions, RpcModule};
use sc_network::config::{NodeKeyConfig, Secret};
use sc_rpc::DenyUnsafe;
use sc_service::{Configuration, SpawnTaskHandle, error::Error as ServiceError};
use std::{
	future::Future,
	net::{Ipv6Addr, UdpSocket},
};

/// The target of all that is logged about Dx.
pub const LOG_TARGET: &str = "dx";

/// The group under which the node's metrics count the tasks of Dx.
pub const TASK_GROUP: Option<&str> = Some("dx");

/// The folder below the chain's own, and the file in it that holds the secret of the peer's key.
const FOLDER: &str = "dx";
const KEY_FILE: &str = "secret_ed25519";

/// A running peer and its JSON-RPC methods.
pub struct Running {
	/// The peer.
	pub peer: Dx,
	/// `dx_upload` and the others.
	pub methods: RpcModule<()>,
}

/// Starts the peer, unless it is turned off or cannot be started.
///
/// Fails only when an option cannot be what it is.
pub async fn start(
	params: &DxParams,
	config: &Configuration,
	spawner: &SpawnTaskHandle,
) -> Result<Option<Running>, ServiceError> {
	if params.no_dx {
		return Ok(None);
	}
	let folder = config.data_path.join(FOLDER);
	let key_file = params.dx_key_file.clone().unwrap_or_else(|| folder.join(KEY_FILE));
	let identity = match NodeKeyConfig::Ed25519(Secret::File(key_file.clone())).into_keypair() {
		Ok(keypair) => keypair.secret().to_bytes(),
		Err(error) if params.dx_key_file.is_some() => {
			return Err(ServiceError::Other(format!(
				"--dx-key-file: '{}' cannot be used: {error}. It must hold the 32 bytes of an Ed25519 secret key, in \
				 hexadecimal or as they are; a file that does not exist is made.",
				key_file.display(),
			)));
		}
		Err(error) => {
			log::error!(
				target: LOG_TARGET,
				"Dx does not run, the chain does: its key '{}' cannot be used: {error}", key_file.display(),
			);
			return Ok(None);
		}
	};
	let dx_config =
		Config { identity, base_path: Some(folder), metrics: config.prometheus_registry().cloned(), ..params.config() };
	let (dx, work) = match start_somewhere(params, dx_config).await {
		Ok(running) => running,
		Err(StartError::InvalidConfig(message)) => return Err(ServiceError::Other(format!("Dx: {message}"))),
		Err(error) => {
			log::error!(
				target: LOG_TARGET,
				"Dx does not run, the chain does. {error} Restart the node when that is mended, or use --no-dx.",
			);
			return Ok(None);
		}
	};
	log::info!(target: LOG_TARGET, "Dx peer identity: {}", dx.peer_id());
	for address in dx.addresses() {
		log::info!(target: LOG_TARGET, "Dx listens on {address}");
	}
	spawner.spawn("dx", TASK_GROUP, async move {
		work.await;
		log::error!(target: LOG_TARGET, "Dx has ended, the chain goes on. Restart the node to have Dx again.");
	});
	let may_upload = if params.dx_unsafe_upload { everybody } else { unsafe_callers };
	let methods = airo_dx::rpc::methods(dx.clone(), params.max_rpc_bytes(config.rpc.max_response_size), may_upload);
	Ok(Some(Running { peer: dx, methods }))
}

/// Listens where it was told to, or on the default ports; when these are taken, by another node on this machine for
/// instance, on any free ones, as the SDK does it with its JSON-RPC.
async fn start_somewhere(
	params: &DxParams,
	config: Config,
) -> Result<(Dx, impl Future<Output = ()> + Send + use<>), StartError> {
	if !params.dx_listen_addr.is_empty() {
		return airo_dx::start(config).await;
	}
	let default = Config { listen: default_listen_addresses(options::DEFAULT_PORT), ..config.clone() };
	match airo_dx::start(default).await {
		Err(StartError::Network(reason)) => {
			log::warn!(
				target: LOG_TARGET,
				"Dx takes any free ports, because it cannot have its default ones: {reason} Choose others by \
				 --dx-listen-addr.",
			);
			airo_dx::start(Config { listen: default_listen_addresses(0), ..config }).await
		}
		started => started,
	}
}

/// TCP, WebSocket and WebRTC on every interface. The last two are for pages.
fn default_listen_addresses(port: u16) -> Vec<Multiaddr> {
	let websocket = if port == 0 { 0 } else { port + 1 };
	// A machine without IPv6 is usual in containers.
	let has_ipv6 = UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).is_ok();
	["/ip4/0.0.0.0", "/ip6/::"]
		.iter()
		.take(if has_ipv6 { 2 } else { 1 })
		.flat_map(|ip| {
			[format!("{ip}/tcp/{port}"), format!("{ip}/tcp/{websocket}/ws"), format!("{ip}/udp/{port}/webrtc-direct")]
		})
		.map(|address| address.parse().expect("an address put together from valid parts parses; qed"))
		.collect()
}

/// Uploads cost the node disk and traffic, so they count among what the SDK calls unsafe: `--rpc-methods` decides, by
/// default for those who reach the node from this machine alone.
fn unsafe_callers(caller: &Extensions) -> bool {
	caller.get::<DenyUnsafe>().is_some_and(|deny| deny.check_if_safe().is_ok())
}

fn everybody(_caller: &Extensions) -> bool {
	true
}

#[cfg(test)]
mod tests {
	use super::*;

	fn caller(deny: Option<DenyUnsafe>) -> Extensions {
		let mut extensions = Extensions::new();
		if let Some(deny) = deny {
			extensions.insert(deny);
		}
		extensions
	}

	#[test]
	fn uploads_follow_what_the_sdk_calls_unsafe() {
		assert!(unsafe_callers(&caller(Some(DenyUnsafe::No))));
		assert!(!unsafe_callers(&caller(Some(DenyUnsafe::Yes))));
		assert!(!unsafe_callers(&caller(None)));
		assert!(everybody(&caller(Some(DenyUnsafe::Yes))));
	}

	#[test]
	fn the_default_ports_are_not_those_of_the_typescript_server() {
		let addresses: Vec<String> =
			default_listen_addresses(options::DEFAULT_PORT).iter().map(|address| address.to_string()).collect();
		for expected in ["/ip4/0.0.0.0/tcp/30700", "/ip4/0.0.0.0/tcp/30701/ws", "/ip4/0.0.0.0/udp/30700/webrtc-direct"]
		{
			assert!(addresses.iter().any(|address| address == expected), "{expected} in {addresses:?}");
		}
		assert!(default_listen_addresses(0).iter().all(|address| address.to_string().contains("/0")));
	}
}
