//! Measures the weights of a runtime's pallets.
//!
//! It needs no node: it executes the benchmarks that a runtime built with the feature `runtime-benchmarks` contains.
//! It is a program of its own since it is needed only when a pallet has changed, and would make the node larger.

use clap::Parser;
use frame_benchmarking_cli::PalletCmd;
use sc_cli::LoggerBuilder;
use sp_runtime::traits::BlakeTwo256;

/// What a runtime may call beside the host functions of every chain; this one needs none.
type ExtraHostFunctions = ();

fn main() -> sc_cli::Result<()> {
	let command = PalletCmd::parse();
	LoggerBuilder::new("info").init()?;
	command.run_with_spec::<BlakeTwo256, ExtraHostFunctions>(None)
}
