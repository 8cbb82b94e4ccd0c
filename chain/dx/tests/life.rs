//! Starting, stopping and starting again.

mod common;

use airo_dx::{Config, ContentId, DxError, Multiaddr, StartError};
use common::{CHUNK, LONG, MAX_BYTES, Peer, eventually, joining, pattern};
use prometheus::Registry;
use std::{fs, path::Path, time::Duration};
use tempfile::tempdir;
use tokio::time::timeout;

fn everywhere() -> Vec<Multiaddr> {
	["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws", "/ip4/127.0.0.1/udp/0/webrtc-direct"]
		.map(|address| address.parse().unwrap())
		.into()
}

fn kept_in(folder: &Path) -> Config {
	Config { identity: [7; 32], base_path: Some(folder.to_owned()), listen: everywhere(), ..Config::default() }
}

fn without_id(mut address: Multiaddr) -> Multiaddr {
	address.pop();
	address
}

/// What in a peer's addresses a restart on another port must not change.
fn certhash(peer: &Peer) -> String {
	let addresses = peer.addresses();
	let webrtc = addresses.iter().map(ToString::to_string).find(|address| address.contains("/webrtc-direct/")).unwrap();
	webrtc.split_once("/certhash/").unwrap().1.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_data_identity_and_certificate() {
	let folder = tempdir().unwrap();
	let data = pattern(2 * CHUNK + 1, 1);
	let (key, id, hash) = {
		let peer = Peer::start(kept_in(folder.path())).await;
		let kept = (peer.put(&data).await, peer.peer_id(), certhash(&peer));
		peer.shutdown().await;
		kept
	};
	let peer = Peer::start(kept_in(folder.path())).await;
	assert_eq!((peer.peer_id(), certhash(&peer)), (id, hash));
	assert_eq!(peer.stat().await.keys, 1);
	assert_eq!(peer.download(key, MAX_BYTES, LONG).await.unwrap(), data);
	let other = Peer::join(&[&peer]).await;
	assert_eq!(other.download(key, MAX_BYTES, LONG).await.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_ends_in_the_peer_id_and_is_told_by_stat() {
	let peer = Peer::start(Config { listen: everywhere(), ..Config::default() }).await;
	let addresses: Vec<String> = peer.addresses().iter().map(ToString::to_string).collect();
	assert_eq!(addresses.len(), 3);
	for address in &addresses {
		assert!(address.ends_with(&format!("/p2p/{}", peer.peer_id())), "{address}");
		assert!(!address.contains("/tcp/0") && !address.contains("/udp/0"), "{address}");
	}
	assert_eq!(peer.stat().await.addresses, addresses);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_tells_what_it_is_told_to_announce() {
	let announce = vec!["/dns4/dx.example.org/tcp/443/wss".parse().unwrap()];
	let peer = Peer::start(Config { announce, ..joining(&[]) }).await;
	let told: Vec<String> = peer.addresses().iter().map(ToString::to_string).collect();
	assert_eq!(told, [format!("/dns4/dx.example.org/tcp/443/wss/p2p/{}", peer.peer_id())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_goes_by_websocket_too() {
	let server = Peer::start(Config { listen: everywhere(), ..Config::default() }).await;
	let address = server.addresses().into_iter().find(|address| address.to_string().contains("/ws/")).unwrap();
	let peer = Peer::start(Config { bootstrap: vec![address], ..Config::default() }).await;
	let data = pattern(3 * CHUNK, 2);
	let key = server.put(&data).await;
	assert_eq!(peer.download(key, MAX_BYTES, LONG).await.unwrap(), data);
	assert!(peer.peers().await[0].address.contains("/ws"));
	assert!(peer.peers().await[0].keeps);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_is_connected_again() {
	let folder = tempdir().unwrap();
	let server = Peer::start(kept_in(folder.path())).await;
	let address = server.address();
	let config = Config { bootstrap: vec![address.clone()], ..joining(&[]) };
	let peer = Peer::start(config).await.with_storers(1).await;
	let data = pattern(1000, 3);
	let key = server.put(&data).await;
	server.shutdown().await;
	eventually("it is noticed", || async { peer.stat().await.peers == 0 }).await;
	let listen = vec![without_id(address)];
	let _server = Peer::start(Config { listen, ..kept_in(folder.path()) }).await;
	let peer = peer.with_storers(1).await;
	assert_eq!(peer.download(key, MAX_BYTES, LONG).await.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_waits_for_a_server_that_is_being_connected() {
	let server = Peer::join(&[]).await;
	let peer = Peer::join(&[&server]).await;
	let uploaded = peer.upload(None, pattern(100, 1), LONG).await.unwrap();
	assert!(uploaded.holders.contains(&peer.peer_id().to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_when_a_peer_is_shut_down_ends_with_an_error() {
	let peer = Peer::join(&[]).await;
	let key = ContentId::of(&pattern(10, 1));
	let (result, ()) = tokio::join!(peer.download(key, MAX_BYTES, LONG), peer.shutdown());
	assert_eq!(result, Err(DxError::Stopped));
	assert_eq!(peer.download(key, MAX_BYTES, LONG).await, Err(DxError::Stopped));
	assert!(matches!(peer.upload(None, pattern(10, 1), LONG).await, Err(DxError::Stopped)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_ends_when_nobody_has_a_handle_any_more() {
	let (dx, work) = airo_dx::start(joining(&[])).await.unwrap();
	let clone = dx.clone();
	drop(dx);
	drop(clone);
	timeout(LONG, work).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_whose_work_is_dropped_has_stopped() {
	let (dx, work) = airo_dx::start(joining(&[])).await.unwrap();
	drop(work);
	timeout(LONG, dx.shutdown()).await.unwrap();
	assert!(matches!(dx.upload(None, pattern(10, 1), LONG).await, Err(DxError::Stopped)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_cannot_be_is_refused_with_a_reason() {
	let occupied = Peer::join(&[]).await;
	let taken = without_id(occupied.address());
	let folder = tempdir().unwrap();
	fs::write(folder.path().join("blocks"), "in the way").unwrap();
	let registry = Registry::new();
	let _counted = Peer::start(Config { metrics: Some(registry.clone()), ..joining(&[]) }).await;
	let count = registry.gather().len();
	let new_registry = Registry::new();
	let unreadable = tempdir().unwrap();
	fs::create_dir(unreadable.path().join("webrtc")).unwrap();
	let with_default = Config::default;
	for (what, config) in [
		("no replicas", Config { replicas: 0, ..with_default() }),
		("no transport", Config { listen: vec!["/ip4/127.0.0.1/udp/1".parse().unwrap()], ..with_default() }),
		("no peer id", Config { bootstrap: vec!["/ip4/127.0.0.1/tcp/1".parse().unwrap()], ..with_default() }),
		("a taken port", Config { listen: vec![taken], metrics: Some(new_registry.clone()), ..with_default() }),
		("a file for a folder", Config { base_path: Some(folder.path().to_owned()), ..with_default() }),
		("a folder without its certificate", Config { identity: [1; 32], ..kept_in(unreadable.path()) }),
		("metrics that are there already", Config { metrics: Some(registry.clone()), ..with_default() }),
	] {
		let error = airo_dx::start(config).await.err().unwrap_or_else(|| panic!("{what} was accepted"));
		let is_expected = match what {
			"no replicas" | "no transport" | "no peer id" => matches!(error, StartError::InvalidConfig(_)),
			"a taken port" => matches!(error, StartError::Network(_)),
			"metrics that are there already" => matches!(error, StartError::Metrics(_)),
			_ => matches!(error, StartError::Folder { .. }),
		};
		assert!(is_expected, "{what}: {error}");
	}
	assert_eq!(registry.gather().len(), count);
	assert_eq!(new_registry.gather().len(), 0, "who tries again can name it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_dropped_stops_its_search() {
	let server = Peer::join(&[]).await;
	let peer = Peer::join(&[&server]).await.with_storers(1).await;
	let data = pattern(1000, 4);
	let key = ContentId::of(&data);
	let ended = timeout(Duration::from_millis(200), peer.download(key, MAX_BYTES, LONG)).await;
	assert!(ended.is_err());
	server.put(&data).await;
	assert_eq!(peer.download(key, MAX_BYTES, LONG).await.unwrap(), data);
}
