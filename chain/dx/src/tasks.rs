//! The tasks of a peer, which end together.

use futures::future::BoxFuture;
use litep2p::executor::Executor;
use std::future::Future;
use tokio::runtime::Handle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Starts tasks and ends them; clones are the same group.
#[derive(Clone)]
pub(crate) struct Tasks {
	/// The peer's methods may be called from another runtime, such as that of a JSON-RPC server.
	runtime: Handle,
	stop: CancellationToken,
	tracker: TaskTracker,
}

impl Tasks {
	/// A group of tasks on the runtime that this is called from.
	pub fn new() -> Self {
		Self { runtime: Handle::current(), stop: CancellationToken::new(), tracker: TaskTracker::new() }
	}

	/// Runs a future in the background until it is done or the group is stopped.
	pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
		let stop = self.stop.clone();
		let stoppable = async move {
			tokio::select! {
				_ = stop.cancelled() => {},
				_ = future => {},
			}
		};
		self.tracker.spawn_on(stoppable, &self.runtime);
	}

	/// What ends when the group is stopped.
	pub fn stopping(&self) -> &CancellationToken {
		&self.stop
	}

	/// Waits until all tasks are done.
	#[cfg(test)]
	pub async fn drain(&self) {
		self.tracker.close();
		self.tracker.wait().await;
	}

	/// Stops all tasks and waits until they are gone.
	pub async fn stop(&self) {
		self.stop.cancel();
		self.tracker.close();
		self.tracker.wait().await;
	}
}

/// Connections and protocols of litep2p would outlive it otherwise.
impl Executor for Tasks {
	fn run(&self, future: BoxFuture<'static, ()>) {
		self.spawn(future);
	}

	fn run_with_name(&self, _: &'static str, future: BoxFuture<'static, ()>) {
		self.spawn(future);
	}
}
