//! Making a chain specification from a runtime.
//!
//! The genesis state is built by the runtime itself (its genesis builder API), so neither this node nor a script has
//! to know what a genesis contains.

use clap::{Parser, ValueEnum};
use sc_chain_spec::{ChainType, GenesisConfigBuilderRuntimeCaller, Properties};
use sc_network::config::MultiaddrWithPeerId;
use sc_service::GenericChainSpec;
use serde_json::Value;
use std::{
	fs,
	io::{self, Write},
	path::{Path, PathBuf},
};

/// What a chain is for; it decides, for instance, whether private addresses are dialed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SpecType {
	/// One node on one machine.
	Development,
	/// Several nodes on one machine or in one network.
	Local,
	/// A public network.
	Live,
}

impl From<SpecType> for ChainType {
	fn from(kind: SpecType) -> Self {
		match kind {
			SpecType::Development => ChainType::Development,
			SpecType::Local => ChainType::Local,
			SpecType::Live => ChainType::Live,
		}
	}
}

/// Make a chain specification from a runtime and one of its genesis presets.
#[derive(Debug, Parser)]
pub struct CreateSpecCmd {
	/// The runtime: a WebAssembly blob, compressed or not.
	#[arg(long, value_name = "FILE")]
	pub runtime: PathBuf,

	/// The genesis preset of the runtime. What it has is listed when the name is unknown.
	#[arg(long, value_name = "NAME", default_value = "development")]
	pub preset: String,

	/// A JSON file that is merged over the preset, for instance with other validators.
	#[arg(long, value_name = "FILE")]
	pub patch: Option<PathBuf>,

	/// The chain's name, as people read it.
	#[arg(long, value_name = "NAME", default_value = "Airo Development")]
	pub name: String,

	/// The chain's id, which also names its folder in the base path.
	#[arg(long, value_name = "ID", default_value = "airo-dev")]
	pub id: String,

	/// What the chain is for.
	#[arg(long = "type", value_name = "TYPE", value_enum, default_value = "development")]
	pub kind: SpecType,

	/// An id for the older names of the chain's network protocols. Today the genesis hash keeps chains apart, and light
	/// clients warn about this id, so it is best left out.
	#[arg(long, value_name = "ID")]
	pub protocol_id: Option<String>,

	/// What wallets show, as KEY=VALUE; several are separated by commas.
	#[arg(
		long,
		value_name = "KEY=VALUE",
		value_delimiter = ',',
		default_value = "tokenSymbol=AIRO,tokenDecimals=12,ss58Format=42"
	)]
	pub properties: Vec<String>,

	/// An address of a boot node, with its peer id; can be given several times.
	#[arg(long = "bootnode", value_name = "ADDRESS")]
	pub bootnodes: Vec<MultiaddrWithPeerId>,

	/// Write the genesis configuration instead of the raw genesis state.
	#[arg(long)]
	pub plain: bool,

	/// Where to write the specification; to the standard output if omitted.
	#[arg(long, value_name = "FILE")]
	pub output: Option<PathBuf>,
}

impl CreateSpecCmd {
	/// Makes the specification and writes it.
	pub fn run(&self) -> sc_cli::Result<()> {
		let json = self.json()?;
		match &self.output {
			Some(path) => fs::write(path, json).map_err(|error| unusable(path, error))?,
			None => io::stdout().write_all(json.as_bytes())?,
		}
		Ok(())
	}

	fn json(&self) -> Result<String, String> {
		let code = fs::read(&self.runtime).map_err(|error| unusable(&self.runtime, error))?;
		let mut genesis = self.preset(&code)?;
		if let Some(path) = &self.patch {
			let patch = fs::read(path).map_err(|error| unusable(path, error))?;
			let patch = serde_json::from_slice(&patch).map_err(|error| unusable(path, error))?;
			sc_chain_spec::json_patch::merge(&mut genesis, patch);
		}
		let mut spec = GenericChainSpec::<sc_chain_spec::NoExtension>::builder(&code, None)
			.with_name(&self.name)
			.with_id(&self.id)
			.with_chain_type(self.kind.into())
			.with_properties(parse_properties(&self.properties)?)
			.with_boot_nodes(self.bootnodes.clone())
			.with_genesis_config_patch(genesis);
		if let Some(id) = &self.protocol_id {
			spec = spec.with_protocol_id(id);
		}
		spec.build().as_json(!self.plain).map(|json| json + "\n")
	}

	fn preset(&self, code: &[u8]) -> Result<Value, String> {
		let caller = GenesisConfigBuilderRuntimeCaller::<()>::new(code);
		let names = caller
			.preset_names()
			.map_err(|error| format!("'{}' is not a usable runtime: {error}", self.runtime.display()))?;
		if !names.contains(&self.preset) {
			return Err(format!(
				"The runtime has no genesis preset '{}'. It has: {}.",
				self.preset,
				names.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", "),
			));
		}
		caller.get_named_preset(Some(&self.preset))
	}
}

fn unusable(path: &Path, error: impl std::fmt::Display) -> String {
	format!("'{}' cannot be used: {error}", path.display())
}

/// Numbers and booleans keep their type, everything else is text.
fn parse_properties(pairs: &[String]) -> Result<Properties, String> {
	pairs
		.iter()
		.map(|pair| {
			let (key, value) =
				pair.split_once('=').ok_or_else(|| format!("The property '{pair}' is not of the form KEY=VALUE."))?;
			let value = match (value.parse::<u64>(), value.parse::<bool>()) {
				(Ok(number), _) => number.into(),
				(_, Ok(truth)) => truth.into(),
				_ => value.into(),
			};
			Ok((key.to_string(), value))
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn properties_keep_their_types() {
		let pairs = ["tokenSymbol=AIRO", "tokenDecimals=12", "isEthereum=false"].map(String::from);
		let properties = parse_properties(&pairs).expect("the pairs are valid");
		assert_eq!(properties["tokenSymbol"], "AIRO");
		assert_eq!(properties["tokenDecimals"], 12);
		assert_eq!(properties["isEthereum"], false);
		assert!(parse_properties(&["tokenSymbol".to_string()]).is_err());
	}
}
