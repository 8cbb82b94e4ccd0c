//! Peers of Dx without a chain around them, each with its JSON-RPC: for benchmarks and experiments.
//!
//! `cargo run --release -p airo-dx --example peer -- [--count N] [--bootstrap MULTIADDR]... [--listen MULTIADDR]...`
//!
//! Everything is in memory, and on free ports of the loopback by TCP unless `--listen` says otherwise. When all peers
//! listen, one line of JSON on standard output tells `{"peers": [{"peerId", "rpcUrl", "addresses"}]}`; they run until
//! the process is ended.

use airo_dx::{Config, Multiaddr, rpc};
use jsonrpsee::server::Server;
use serde_json::json;
use std::{env, error::Error};

/// What the command line says.
struct Options {
	count: usize,
	bootstrap: Vec<Multiaddr>,
	listen: Vec<Multiaddr>,
}

fn main() -> Result<(), Box<dyn Error>> {
	let options = read(env::args().skip(1))?;
	tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(options))
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, Box<dyn Error>> {
	let mut options = Options { count: 1, bootstrap: Vec::new(), listen: Vec::new() };
	while let Some(name) = arguments.next() {
		let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
		match name.as_str() {
			"--count" => options.count = value.parse()?,
			"--bootstrap" => options.bootstrap.push(value.parse()?),
			"--listen" => options.listen.push(value.parse()?),
			_ => return Err(format!("there is no option {name}; there are --count, --bootstrap and --listen").into()),
		}
	}
	if options.listen.is_empty() {
		options.listen.push("/ip4/127.0.0.1/tcp/0".parse()?);
	}
	Ok(options)
}

/// Starts the peers one after the other: each joins through the given peers and the first one.
async fn run(options: Options) -> Result<(), Box<dyn Error>> {
	let mut bootstrap = options.bootstrap;
	let mut started = Vec::new();
	// A peer leaves with its last handle, and a server stops with its last one.
	let mut running = Vec::new();
	for number in 0..options.count {
		let config = Config { listen: options.listen.clone(), bootstrap: bootstrap.clone(), ..Config::default() };
		let max_bytes = config.max_rpc_bytes;
		let (dx, work) = airo_dx::start(config).await?;
		tokio::spawn(work);
		// Bytes are hexadecimal, and around them are a few hundred others.
		let max_body = u32::try_from(2 * max_bytes + 4096)?;
		let server = Server::builder()
			.max_request_body_size(max_body)
			.max_response_body_size(max_body)
			.build("127.0.0.1:0")
			.await?;
		let rpc_url = format!("http://{}", server.local_addr()?);
		let server = server.start(rpc::methods(dx.clone(), max_bytes, |_| true));
		let addresses: Vec<String> = dx.addresses().iter().map(ToString::to_string).collect();
		if number == 0 {
			bootstrap.extend(dx.addresses());
		}
		started.push(json!({ "peerId": dx.peer_id().to_string(), "rpcUrl": rpc_url, "addresses": addresses }));
		running.push((dx, server));
	}
	println!("{}", json!({ "peers": started }));
	std::future::pending().await
}
