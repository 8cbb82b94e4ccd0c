//! Builds the WebAssembly blob that goes on chain, where the feature `wasm` asks for it.

fn main() {
	#[cfg(feature = "wasm")]
	wasm::build();
}

#[cfg(feature = "wasm")]
mod wasm {
	/// The token's symbol and its number of decimals, which the metadata hash binds.
	#[cfg(feature = "metadata-hash")]
	const TOKEN: (&str, u8) = ("AIRO", 12);

	/// Builds this crate once more, for WebAssembly.
	pub fn build() {
		// The builder hands the features of this build on to the inner one, which must not build a blob itself.
		for feature in ["WASM", "METADATA_HASH"] {
			std::env::remove_var(format!("CARGO_FEATURE_{feature}"));
		}
		// The builder looks for the lock file above the target directory, which lies elsewhere. Without the lock file it
		// would resolve the dependencies anew.
		let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
		std::env::set_var("WASM_BUILD_WORKSPACE_HINT", workspace);
		// Whatever profile this crate is built with, the blob is always the optimized one.
		std::env::set_var("WASM_BUILD_TYPE", "release");
		let builder = substrate_wasm_builder::WasmBuilder::init_with_defaults();
		#[cfg(feature = "metadata-hash")]
		let builder = builder.enable_metadata_hash(TOKEN.0, TOKEN.1);
		builder.build();
	}
}
