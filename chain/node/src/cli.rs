//! The command line, and the defaults in which the Airo Node differs from the SDK.

use crate::{create_spec::CreateSpecCmd, dx::DxParams};
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand as ClapSubcommand, parser::ValueSource};
use sc_cli::{ChainSpec, NodeKeyParams, RpcMethods, RunCmd, SubstrateCli};
use sc_network::Multiaddr;
use sc_service::GenericChainSpec;
use std::{ffi::OsString, path::Path};

/// The port for peers where neither `--port` nor `--listen-addr` says otherwise.
const DEFAULT_PORT: u16 = 30333;

/// Everything that can be said on the command line.
#[derive(Debug, Parser)]
pub struct Cli {
	/// What to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// The options of a running node.
	#[clap(flatten)]
	pub run: RunCmd,

	/// The options of a running node's Dx.
	#[clap(flatten)]
	pub dx: DxParams,
}

/// What the executable can do besides running a node.
#[derive(Debug, ClapSubcommand)]
pub enum Subcommand {
	/// Generate, inspect and insert keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Make a chain specification from a runtime and one of its genesis presets.
	CreateSpec(CreateSpecCmd),

	/// Print a chain specification, or turn it into its raw form.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Validate blocks.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Export blocks.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Export the state of a block as a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Import blocks.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the whole chain from the database.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Take back the last blocks that are not final.
	Revert(sc_cli::RevertCmd),

	/// Print what the database knows about the chain.
	ChainInfo(sc_cli::ChainInfoCmd),
}

impl Cli {
	/// Reads the arguments, the name of the program first, and fills in the defaults. Fails, which includes help and the
	/// version, with what is to be shown.
	pub fn read(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
		let matches = Self::setup_command(Self::command()).try_get_matches_from(arguments)?;
		Ok(Self::from_arg_matches(&matches)?.with_defaults(&matches))
	}

	/// Fills in what an Airo Node does by default where the command line is silent.
	///
	/// * Every node, validators included, listens on WebSocket and on WebRTC. A page reaches a node by these two
	///   transports only, and the SDK would give validators neither.
	/// * A missing node key is generated and kept in the base path. The SDK refuses to start a validator without one,
	///   so that nobody loses an identity by accident; the key is kept here all the same, and starting at once matters
	///   more to somebody who tries the node for the first time.
	/// * JSON-RPC takes and gives payloads, in hexadecimal; the SDK's 15 MB would end at 7.5 MB of data. Requests stay
	///   at that where uploads are refused, so that strangers cannot make the node read large ones for nothing.
	fn with_defaults(mut self, given: &ArgMatches) -> Self {
		let network = &mut self.run.network_params;
		if network.listen_addr.is_empty() {
			network.listen_addr = default_listen_addresses(network.port.unwrap_or(DEFAULT_PORT));
		}
		keep_generated_key(&mut network.node_key_params);
		if !self.dx.no_dx {
			self.widen_rpc(given);
		}
		self
	}

	fn widen_rpc(&mut self, given: &ArgMatches) {
		let is_default = |option| given.value_source(option) == Some(ValueSource::DefaultValue);
		let takes_uploads = self.takes_uploads();
		let rpc = &mut self.run.rpc_params;
		let needed = self.dx.needed_rpc_megabytes();
		if takes_uploads && is_default("rpc_max_request_size") {
			rpc.rpc_max_request_size = rpc.rpc_max_request_size.max(needed);
		}
		if is_default("rpc_max_response_size") {
			rpc.rpc_max_response_size = rpc.rpc_max_response_size.max(needed);
		}
	}

	/// Whether somebody may upload by JSON-RPC, by the SDK's rule for methods that it calls unsafe.
	fn takes_uploads(&self) -> bool {
		let rpc = &self.run.rpc_params;
		let is_exposed = rpc.rpc_external || rpc.unsafe_rpc_external;
		self.dx.dx_unsafe_upload
			|| match rpc.rpc_methods {
				RpcMethods::Unsafe => true,
				RpcMethods::Auto => !is_exposed,
				RpcMethods::Safe => false,
			}
	}
}

/// Lets the SDK generate the node key when its file does not exist; an existing file is read as ever.
fn keep_generated_key(params: &mut NodeKeyParams) {
	params.unsafe_force_node_key_generation = true;
}

/// WebSocket and WebRTC on every interface.
fn default_listen_addresses(port: u16) -> Vec<Multiaddr> {
	["/ip4/0.0.0.0", "/ip6/::"]
		.iter()
		.flat_map(|ip| [format!("{ip}/tcp/{port}/ws"), format!("{ip}/udp/{port}/webrtc-direct")])
		.map(|address| address.parse().expect("an address put together from valid parts parses; qed"))
		.collect()
}

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Airo Node".into()
	}

	fn impl_version() -> String {
		env!("CARGO_PKG_VERSION").into()
	}

	fn executable_name() -> String {
		env!("CARGO_PKG_NAME").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		"the issue tracker of the Airo project".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
		load_spec(id)
	}
}

/// Reads a chain specification. The node has no chain of its own, so an id is always the path of a file.
fn load_spec(id: &str) -> Result<Box<dyn ChainSpec>, String> {
	let path = Path::new(id);
	if !path.is_file() {
		let given = match id {
			"" | "dev" | "local" => "No chain specification was given".to_string(),
			_ => format!("There is no chain specification at '{id}'"),
		};
		return Err(format!(
			"{given}. The Airo Node contains no chain: pass the file of one with `--chain FILE`, or make one from a \
			 runtime with `{} create-spec --runtime FILE.wasm --preset development`. A development node is \
			 `--chain FILE --alice --tmp`.",
			env!("CARGO_PKG_NAME"),
		));
	}
	let spec = GenericChainSpec::<sc_chain_spec::NoExtension>::from_json_file(path.to_path_buf())
		.map_err(|error| format!("'{id}' is not a chain specification that this node can read: {error}"))?;
	Ok(Box::new(spec))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn parse(args: &[&str]) -> Cli {
		Cli::read([&["airo-node"], args].concat()).expect("the arguments are valid")
	}

	fn refused(args: &[&str]) -> String {
		Cli::read([&["airo-node"], args].concat()).expect_err("the arguments are wrong").to_string()
	}

	/// The limits of requests and responses in megabytes.
	fn rpc_limits(args: &[&str]) -> (u32, u32) {
		let rpc = parse(args).run.rpc_params;
		(rpc.rpc_max_request_size, rpc.rpc_max_response_size)
	}

	#[test]
	fn listens_for_pages_unless_told_otherwise() {
		let addresses = |cli: Cli| cli.run.network_params.listen_addr.iter().map(|a| a.to_string()).collect::<Vec<_>>();
		let default = addresses(parse(&["--validator", "--port", "4000"]));
		assert!(default.contains(&"/ip4/0.0.0.0/tcp/4000/ws".to_string()));
		assert!(default.contains(&"/ip4/0.0.0.0/udp/4000/webrtc-direct".to_string()));
		let given = "/ip4/127.0.0.1/tcp/5000/ws";
		assert_eq!(addresses(parse(&["--listen-addr", given])), vec![given]);
	}

	#[test]
	fn json_rpc_has_room_for_payloads_unless_told_otherwise() {
		assert_eq!(rpc_limits(&[]), (129, 129));
		assert_eq!(rpc_limits(&["--dx-max-rpc-bytes", "26214400"]), (51, 51));
		assert_eq!(rpc_limits(&["--dx-max-rpc-bytes", "1"]), (15, 15));
		assert_eq!(rpc_limits(&["--no-dx"]), (15, 15));
		assert_eq!(rpc_limits(&["--rpc-max-request-size", "15"]), (15, 129));
		assert_eq!(rpc_limits(&["--rpc-max-response-size", "20"]), (129, 20));
	}

	#[test]
	fn requests_stay_small_where_nobody_may_upload() {
		assert_eq!(rpc_limits(&["--unsafe-rpc-external"]), (15, 129));
		assert_eq!(rpc_limits(&["--rpc-external"]), (15, 129));
		assert_eq!(rpc_limits(&["--rpc-methods", "safe"]), (15, 129));
		assert_eq!(rpc_limits(&["--rpc-external", "--rpc-methods", "unsafe"]), (129, 129));
		assert_eq!(rpc_limits(&["--rpc-external", "--dx-unsafe-upload"]), (129, 129));
	}

	#[test]
	fn a_smaller_response_makes_data_smaller() {
		let dx = parse(&[]).dx;
		assert_eq!(dx.max_rpc_bytes(129), 64 << 20);
		assert_eq!(dx.max_rpc_bytes(15), (15 << 19) - 2048);
		assert_eq!(dx.max_rpc_bytes(0), 0);
	}

	#[test]
	fn dx_is_told_what_the_options_say() {
		let config = parse(&[
			"--dx-listen-addr",
			"/ip4/127.0.0.1/tcp/0",
			"--dx-listen-addr",
			"/ip4/127.0.0.1/udp/0/webrtc-direct",
			"--dx-public-addr",
			"/dns4/dx.example/tcp/30700",
			"--dx-replicas",
			"3",
			"--dx-total-bytes",
			"1000",
			"--dx-stranger-bytes",
			"100",
			"--dx-stranger-seconds",
			"7",
		])
		.dx
		.config();
		assert_eq!(config.listen.len(), 2);
		assert_eq!(config.announce[0].to_string(), "/dns4/dx.example/tcp/30700");
		assert_eq!((config.replicas, config.total_bytes, config.stranger_bytes), (3, 1000, 100));
		assert_eq!(config.stranger_time.as_secs(), 7);
	}

	#[test]
	fn wrong_options_of_dx_are_named() {
		for [option, value] in [
			["--dx-listen-addr", "127.0.0.1:30700"],
			["--dx-bootstrap", "x"],
			["--dx-replicas", "0"],
			["--dx-max-rpc-bytes", "0"],
			["--dx-max-rpc-bytes", "1000000000"],
			["--dx-total-bytes", "-1"],
		] {
			let error = refused(&[format!("{option}={value}").as_str()]);
			assert!(error.contains(option) && error.contains(value), "{error}");
		}
	}

	#[test]
	fn a_missing_chain_is_explained() {
		for id in ["", "dev", "no/such/file.json"] {
			let error = load_spec(id).expect_err("there is no such chain");
			assert!(error.contains("--chain FILE"), "{error}");
		}
	}
}
