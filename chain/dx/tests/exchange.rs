//! Upload and download between peers.

mod common;

use airo_dx::{Config, ContentId, DxError};
use bytes::Bytes;
use common::{CHUNK, LONG, MAX_BYTES, Peer, eventually, joining, pattern};
use prometheus::Registry;
use std::{collections::HashSet, time::Duration};

#[tokio::test(flavor = "multi_thread")]
async fn what_one_peer_uploads_another_downloads() {
	let server = Peer::join(&[]).await;
	let uploader = Peer::join(&[&server]).await.with_storers(1).await;
	let all = [0, 1, CHUNK, CHUNK + 1, 25_000_000].map(|length| pattern(length, 1));
	for data in &all {
		let key = ContentId::of(data);
		let uploaded = uploader.upload(Some(key), data.clone(), LONG).await.unwrap();
		assert_eq!(uploaded.key, key);
		assert_eq!(uploaded.holders, [uploader.peer_id().to_string(), server.peer_id().to_string()]);
	}
	let downloader = Peer::join(&[&server]).await;
	for data in &all {
		let downloaded = downloader.download(ContentId::of(data), data.len(), LONG).await.unwrap();
		assert_eq!(&downloaded, data, "{} bytes", data.len());
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_survives_its_uploader() {
	let server = Peer::join(&[]).await;
	let uploader = Peer::join(&[&server]).await.with_storers(1).await;
	let data = pattern(3 * CHUNK + 7, 2);
	let key = uploader.put(&data).await;
	uploader.shutdown().await;
	let downloader = Peer::join(&[&server]).await;
	assert_eq!(downloader.download(key, MAX_BYTES, LONG).await.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_alone_keeps_what_is_uploaded() {
	let alone = Peer::join(&[]).await;
	let data = pattern(2 * CHUNK, 3);
	let uploaded = alone.upload(None, data.clone(), LONG).await.unwrap();
	assert_eq!(uploaded.holders, [alone.peer_id().to_string()]);
	assert_eq!(alone.download(uploaded.key, MAX_BYTES, LONG).await.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_nobody_can_reach_is_asked_on_the_connection_that_it_has_made() {
	let server = Peer::join(&[]).await;
	let unreachable = Config { listen: Vec::new(), ..joining(&[&server]) };
	let uploader = Peer::start(unreachable).await.with_storers(1).await;
	let data = pattern(5 * CHUNK, 4);
	let uploaded = uploader.upload(None, data.clone(), LONG).await.unwrap();
	assert_eq!(uploaded.holders.len(), 2);
	assert_eq!(server.download(uploaded.key, MAX_BYTES, LONG).await.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_is_found_by_who_knows_only_a_peer_that_does_not_have_it() {
	let server = Peer::join(&[]).await;
	let holder = Peer::start(Config { replicas: 1, ..joining(&[&server]) }).await.with_storers(1).await;
	let data = pattern(100, 5);
	let key = holder.put(&data).await;
	let other = Peer::join(&[&server]).await.with_storers(1).await;
	assert_eq!(other.download(key, MAX_BYTES, LONG).await.unwrap(), data);
	assert_eq!(server.stat().await.keys, 0);
	assert!(other.peers().await.iter().any(|peer| peer.peer == holder.peer_id().to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn data_with_another_key_than_named_is_refused_and_not_stored() {
	let peer = Peer::join(&[]).await;
	let named = ContentId::of(&pattern(10, 1));
	let error = peer.upload(Some(named), pattern(10, 2), LONG).await.unwrap_err();
	assert!(matches!(error, DxError::WrongKey(_)), "{error}");
	assert_eq!(peer.stat().await.keys, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_nobody_has_is_not_found() {
	let server = Peer::join(&[]).await;
	let peer = Peer::join(&[&server]).await.with_storers(1).await;
	let key = ContentId::of(&pattern(10, 1));
	let error = peer.download(key, MAX_BYTES, Duration::from_secs(2)).await.unwrap_err();
	assert_eq!(error, DxError::NotFound(format!("Nobody gave {key} within 2 s.")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_while_it_is_waited_for_is_delivered() {
	let server = Peer::join(&[]).await;
	let waiting = Peer::join(&[&server]).await.with_storers(1).await;
	let uploader = Peer::join(&[&server]).await.with_storers(1).await;
	let data = pattern(2 * CHUNK, 6);
	let key = ContentId::of(&data);
	let (downloaded, _) = tokio::join!(waiting.download(key, MAX_BYTES, LONG), uploader.put(&data));
	assert_eq!(downloaded.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_is_taken_is_refused() {
	let server = Peer::join(&[]).await;
	let data = pattern(3 * CHUNK, 7);
	let key = server.put(&data).await;
	let peer = Peer::join(&[&server]).await;
	let error = peer.download(key, 3 * CHUNK - 1, LONG).await.unwrap_err();
	assert!(matches!(error, DxError::TooLarge(_)), "{error}");
	let small = Peer::start(Config { stranger_bytes: 1000, ..joining(&[]) }).await;
	let error = small.upload(None, pattern(1001, 1), LONG).await.unwrap_err();
	assert!(matches!(error, DxError::TooLarge(_)), "{error}");
	assert_eq!(small.stat().await.bytes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_that_is_lost_in_the_middle_is_replaced_by_another() {
	let first = Peer::join(&[]).await;
	let second = Peer::join(&[&first]).await.with_storers(1).await;
	let data = pattern(25_000_000, 8);
	let key = first.put(&data).await;
	let registry = Registry::new();
	let config = Config { metrics: Some(registry.clone()), ..joining(&[&first, &second]) };
	let downloader = Peer::start(config).await.with_storers(2).await;
	let received = || {
		let families = registry.gather();
		let family = families.iter().find(|family| family.get_name() == "airo_dx_received_blocks_total").unwrap();
		family.get_metric()[0].get_counter().get_value() as usize
	};
	let (downloaded, ()) = tokio::join!(downloader.download(key, MAX_BYTES, LONG), async {
		eventually("some of it has come", || async { received() >= 4 }).await;
		first.shutdown().await;
	});
	assert_eq!(downloaded.unwrap(), data);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_data_goes_and_what_the_chain_refers_to_stays() {
	let config = Config { stranger_time: Duration::from_millis(500), ..joining(&[]) };
	let peer = Peer::start(config).await;
	let [mine, other] = [pattern(1000, 1), pattern(1000, 2)];
	peer.refer(HashSet::from([ContentId::of(&mine)]));
	peer.put(&mine).await;
	peer.put(&other).await;
	eventually("only one is left", || async { peer.stat().await.keys == 1 }).await;
	assert_eq!(peer.stat().await.stranger_bytes, 0);
	assert_eq!(peer.download(ContentId::of(&mine), MAX_BYTES, LONG).await.unwrap(), mine);
	peer.refer(HashSet::new());
	eventually("nothing is left", || async { peer.stat().await.keys == 0 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storer_without_room_says_so_and_another_is_asked() {
	let full = Peer::start(Config { stranger_bytes: 10, ..joining(&[]) }).await;
	let uploader = Peer::join(&[&full]).await.with_storers(1).await;
	let data = pattern(1000, 9);
	let uploaded = uploader.upload(None, data.clone(), LONG).await.unwrap();
	assert_eq!(uploaded.holders, [uploader.peer_id().to_string()], "all there are");
	let roomy = Peer::join(&[&uploader]).await;
	let uploader = uploader.with_storers(2).await;
	let uploaded = uploader.upload(None, data, LONG).await.unwrap();
	assert_eq!(uploaded.holders, [uploader.peer_id().to_string(), roomy.peer_id().to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_data_brought_by_many_at_once_is_kept_once() {
	let server = Peer::join(&[]).await;
	let data = pattern(4 * CHUNK, 10);
	let mut uploaders = Vec::new();
	for _ in 0..4 {
		uploaders.push(Peer::join(&[&server]).await.with_storers(1).await);
	}
	let uploads = uploaders.iter().map(|uploader| uploader.upload(None, data.clone(), LONG));
	for uploaded in futures::future::join_all(uploads).await {
		assert_eq!(uploaded.unwrap().holders.len(), 2);
	}
	let stat = server.stat().await;
	assert_eq!((stat.keys, stat.bytes), (1, data.len() as u64));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_uploads_and_downloads_work_at_once() {
	let server = Peer::join(&[]).await;
	let uploader = Peer::join(&[&server]).await.with_storers(1).await;
	let downloader = Peer::join(&[&server]).await.with_storers(1).await;
	let all: Vec<Bytes> = (0..100).map(|seed| pattern(10_000, seed)).collect();
	let exchanges = all.iter().map(|data| async {
		let key = uploader.put(data).await;
		downloader.download(key, MAX_BYTES, LONG).await.unwrap() == *data
	});
	assert!(futures::future::join_all(exchanges).await.into_iter().all(|same| same));
}
