//! The Airo Node.
//!
//! It hosts any chain that produces blocks with Aura, finalizes them with GRANDPA and addresses accounts by 32 bytes.
//! It contains no runtime: the chain specification brings one, and upgrades happen on chain. A change of a pallet
//! therefore never rebuilds this program.

// The large errors are those of the SDK.
#![allow(clippy::result_large_err)]

mod cli;
mod command;
mod create_spec;
mod dx;
mod rpc;
mod runtime_api;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
