//! What the peer counts, for Prometheus.

use crate::{DxError, store::StoreStat};
use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry, core::Collector};

pub(crate) struct Metrics {
	peers: IntGauge,
	storers: IntGauge,
	keys: IntGauge,
	bytes: IntGauge,
	stranger_bytes: IntGauge,
	blocks_sent: IntCounter,
	sent_bytes: IntCounter,
	blocks_received: IntCounter,
	received_bytes: IntCounter,
	uploads: IntCounterVec,
	downloads: IntCounterVec,
}

impl Metrics {
	pub fn new() -> Result<Self, prometheus::Error> {
		let gauge = |name: &str, help: &str| IntGauge::new(format!("airo_dx_{name}"), help);
		let counter = |name: &str, help: &str| IntCounter::new(format!("airo_dx_{name}_total"), help);
		let outcomes =
			|name: &str, help: &str| IntCounterVec::new(Opts::new(format!("airo_dx_{name}_total"), help), &["outcome"]);
		Ok(Self {
			peers: gauge("peers", "Connected peers")?,
			storers: gauge("storers", "Connected peers that keep data for others")?,
			keys: gauge("kept_keys", "Content ids that are kept")?,
			bytes: gauge("kept_bytes", "Bytes of data that are kept")?,
			stranger_bytes: gauge("kept_stranger_bytes", "Of these, bytes that the chain does not refer to")?,
			blocks_sent: counter("sent_blocks", "Blocks given to other peers")?,
			sent_bytes: counter("sent_bytes", "Bytes of the blocks given to other peers")?,
			blocks_received: counter("received_blocks", "Blocks that other peers gave")?,
			received_bytes: counter("received_bytes", "Bytes of the blocks that other peers gave")?,
			uploads: outcomes("uploads", "Uploads, by what came of them")?,
			downloads: outcomes("downloads", "Downloads, by what came of them")?,
		})
	}

	/// Lets a registry gather them. When that is not possible, nothing is left in it.
	pub fn register(&self, registry: &Registry) -> Result<(), prometheus::Error> {
		for (i, metric) in self.all().into_iter().enumerate() {
			if let Err(error) = registry.register(metric) {
				for registered in self.all().into_iter().take(i) {
					registry.unregister(registered)?;
				}
				return Err(error);
			}
		}
		Ok(())
	}

	fn all(&self) -> Vec<Box<dyn Collector>> {
		let gauges = [&self.peers, &self.storers, &self.keys, &self.bytes, &self.stranger_bytes];
		let counters = [&self.blocks_sent, &self.sent_bytes, &self.blocks_received, &self.received_bytes];
		let mut all: Vec<Box<dyn Collector>> = Vec::new();
		all.extend(gauges.map(|gauge| Box::new(gauge.clone()) as _));
		all.extend(counters.map(|counter| Box::new(counter.clone()) as _));
		all.extend([&self.uploads, &self.downloads].map(|outcomes| Box::new(outcomes.clone()) as _));
		all
	}

	pub fn block_sent(&self, bytes: usize) {
		self.blocks_sent.inc();
		self.sent_bytes.inc_by(bytes as u64);
	}

	pub fn block_received(&self, bytes: usize) {
		self.blocks_received.inc();
		self.received_bytes.inc_by(bytes as u64);
	}

	pub fn upload_ended<T>(&self, result: &Result<T, DxError>) {
		self.uploads.with_label_values(&[outcome_of(result)]).inc();
	}

	pub fn download_ended<T>(&self, result: &Result<T, DxError>) {
		self.downloads.with_label_values(&[outcome_of(result)]).inc();
	}

	pub fn look(&self, peers: usize, storers: usize, store: StoreStat) {
		self.peers.set(peers as i64);
		self.storers.set(storers as i64);
		self.keys.set(store.keys as i64);
		self.bytes.set(store.bytes as i64);
		self.stranger_bytes.set(store.stranger_bytes as i64);
	}
}

fn outcome_of<T>(result: &Result<T, DxError>) -> &'static str {
	match result {
		Ok(_) => "Ok",
		Err(error) => error.name(),
	}
}
