//! Getting others to hold some data: as many as are wanted, or as many as there are.

use crate::{ContentId, DxError, keep::KeepClient, storers::Storers};
use futures::{StreamExt, stream::FuturesUnordered};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, interval_at, sleep_until, timeout_at};

/// A storer that does not answer for so long is not waited for: another one is asked beside it.
const SLOW: Duration = Duration::from_secs(3);

/// What is to be held, and by how many.
pub(crate) struct Replication<'a> {
	pub key: ContentId,
	pub bytes: u64,
	/// How many holders are wanted, those in `already` counted.
	pub replicas: usize,
	/// Who holds it already.
	pub already: Vec<String>,
	pub storers: &'a Storers,
	/// Whether storers may still come: a server is being reconnected.
	pub may_come: &'a (dyn Fn() -> bool + Send + Sync),
	pub deadline: Instant,
}

/// Asks storers until enough of them hold it, and returns the holders.
///
/// Fails with [`DxError::NotReplicated`] when nobody does, and nobody can be expected to.
pub(crate) async fn replicate(replication: Replication<'_>) -> Result<Vec<String>, DxError> {
	let Replication { key, bytes, replicas, already, storers, may_come, deadline } = replication;
	if already.len() < replicas && storers.count() < replicas - already.len() {
		let _ = timeout_at(deadline, storers.find()).await;
	}
	let name = key.to_string();
	let mut holders = already;
	let mut refusals: Vec<String> = Vec::new();
	// The connections over which it was asked: a storer that comes back is asked again.
	let mut asked: Vec<Arc<KeepClient>> = Vec::new();
	let mut open = FuturesUnordered::new();
	let mut slow = 0;
	let mut joined = storers.joined();
	let mut slowness = interval_at(Instant::now() + SLOW, SLOW);
	while holders.len() < replicas {
		for client in storers.in_order_for(&name) {
			if holders.len() + open.len() >= replicas + slow {
				break;
			}
			if asked.iter().any(|other| Arc::ptr_eq(other, &client)) {
				continue;
			}
			asked.push(client.clone());
			open.push(async move { (client.peer.to_string(), client.keep(&key, bytes).await) });
		}
		// All that there are have been asked.
		if open.is_empty() && (!holders.is_empty() || !may_come()) {
			break;
		}
		tokio::select! {
			Some((peer, answer)) = open.next() => {
				match answer {
					Ok(()) if holders.contains(&peer) => {},
					Ok(()) => holders.push(peer),
					Err(reason) => refusals.push(format!("{peer}: {reason}")),
				}
				slow = slow.min(open.len());
			},
			_ = joined.changed() => {},
			_ = slowness.tick() => slow = open.len(),
			// What is held by fewer than wanted when the time is over is held after all.
			_ = sleep_until(deadline) => break,
		}
	}
	if !holders.is_empty() {
		return Ok(holders);
	}
	let (why, hint) = match refusals.is_empty() {
		true => ("no storer is connected".into(), " Name the address of a Dx server that runs."),
		false => (refusals.join("; "), ""),
	};
	Err(DxError::NotReplicated(format!("Nobody else holds {key}: {why}.{hint}")))
}
