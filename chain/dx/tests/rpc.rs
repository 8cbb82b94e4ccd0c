//! The JSON-RPC methods on a real server over HTTP, in front of real peers.

use airo_dx::{Config, ContentId, Dx, rpc};
use bytes::Bytes;
use jsonrpsee::{
	Extensions,
	server::{Server, ServerHandle},
};
use prometheus::Registry;
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpStream,
	task::JoinHandle,
};

const MIB: usize = 1024 * 1024;
const MAX_BYTES: usize = 3 * MIB;

/// A peer with its JSON-RPC; both end with it.
struct Node {
	dx: Dx,
	rpc: SocketAddr,
	server: ServerHandle,
	work: JoinHandle<()>,
}

impl Node {
	async fn start() -> Self {
		Self::joining(&[]).await
	}

	async fn joining(others: &[&Node]) -> Self {
		Self::with(others, rpc::DEADLINE, |_| true).await
	}

	async fn with(others: &[&Node], deadline: Duration, may_upload: fn(&Extensions) -> bool) -> Self {
		Self::counted_in(Registry::new(), others, deadline, may_upload).await
	}

	async fn counted_in(
		metrics: Registry,
		others: &[&Node],
		deadline: Duration,
		may_upload: fn(&Extensions) -> bool,
	) -> Self {
		let config = Config {
			listen: vec!["/ip4/127.0.0.1/tcp/0".parse().expect("it is an address")],
			bootstrap: others.iter().flat_map(|other| other.dx.addresses()).collect(),
			metrics: Some(metrics),
			..Config::default()
		};
		let (dx, work) = airo_dx::start(config).await.expect("the peer starts");
		let work = tokio::spawn(work);
		let body = (2 * MAX_BYTES + 4096) as u32;
		let server = Server::builder()
			.max_request_body_size(2 * body)
			.max_response_body_size(body)
			.build("127.0.0.1:0")
			.await
			.expect("the server starts");
		let rpc = server.local_addr().expect("it listens");
		let server = server.start(rpc::methods_within(deadline, dx.clone(), MAX_BYTES, may_upload));
		Self { dx, rpc, server, work }
	}

	/// The answer to a request.
	async fn call(&self, method: &str, params: Value) -> Value {
		let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
		serde_json::from_slice(&post(self.rpc, request.to_string().as_bytes()).await).expect("the answer is JSON")
	}

	async fn result(&self, method: &str, params: Value) -> Value {
		let mut answer = self.call(method, params).await;
		assert_eq!(answer["error"], Value::Null, "{method}");
		answer["result"].take()
	}

	/// Code, name and message of the error.
	async fn refused(&self, method: &str, params: Value) -> (i64, String, String) {
		let answer = self.call(method, params).await;
		let error = &answer["error"];
		let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
		(error["code"].as_i64().expect("it is an error"), text(&error["data"]["name"]), text(&error["message"]))
	}

	async fn keys(&self) -> Value {
		self.result("dx_stat", json!([])).await["keys"].take()
	}

	async fn stop(self) {
		self.server.stop().expect("the server runs");
		self.server.stopped().await;
		self.dx.shutdown().await;
		self.work.await.expect("the peer ends in order");
	}
}

/// Sends a request by HTTP and returns the body of the answer.
async fn post(to: SocketAddr, body: &[u8]) -> Vec<u8> {
	let mut connection = TcpStream::connect(to).await.expect("the server listens");
	let head = format!(
		"POST / HTTP/1.1\r\nhost: {to}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
		 connection: close\r\n\r\n",
		body.len()
	);
	connection.write_all(head.as_bytes()).await.expect("the server reads");
	connection.write_all(body).await.expect("the server reads");
	let mut answer = Vec::new();
	connection.read_to_end(&mut answer).await.expect("the server answers");
	let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("the answer has a head");
	assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer[..end]));
	answer.split_off(end + 4)
}

fn data(size: usize) -> Bytes {
	(0..size).map(|i| (i ^ (i >> 8) ^ size) as u8).collect()
}

fn key(data: &Bytes) -> String {
	ContentId::of(data).to_string()
}

fn hex(data: &[u8]) -> String {
	format!("0x{}", hex::encode(data))
}

#[tokio::test(flavor = "multi_thread")]
async fn data_of_every_size_goes_in_and_out() {
	let node = Node::start().await;
	for size in [0, 1, MIB, MIB + 1, MAX_BYTES] {
		let data = data(size);
		let uploaded = node.result("dx_upload", json!([key(&data), hex(&data)])).await;
		assert_eq!(uploaded, json!({ "key": key(&data), "holders": [node.dx.peer_id().to_string()] }));
		let downloaded = node.result("dx_download", json!([key(&data)])).await;
		assert!(downloaded == hex(&data), "{size} bytes come back as they were");
	}
	assert_eq!(node.keys().await, 5);
	node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_taken_by_name() {
	let node = Node::start().await;
	let data = data(10);
	node.result("dx_upload", json!({ "data": hex(&data), "key": key(&data) })).await;
	assert_eq!(node.result("dx_download", json!({ "key": key(&data) })).await, hex(&data));
	assert_eq!(node.result("dx_stat", json!({})).await["peer"], node.dx.peer_id().to_string());
	node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_uploaded_at_one_node_is_downloaded_at_another() {
	let first = Node::start().await;
	let second = Node::joining(&[&first]).await;
	for (from, to, size) in [(&first, &second, MIB + 1), (&second, &first, 1000)] {
		let data = data(size);
		from.result("dx_upload", json!([key(&data), hex(&data)])).await;
		assert!(to.result("dx_download", json!([key(&data)])).await == hex(&data), "{size} bytes");
	}
	let peers = second.result("dx_peers", json!([])).await;
	assert_eq!(peers.as_array().map(Vec::len), Some(1));
	assert_eq!(peers[0]["peer"], first.dx.peer_id().to_string());
	assert_eq!(peers[0]["keeps"], true);
	assert!(peers[0]["address"].as_str().is_some_and(|address| address.starts_with("/ip4/127.0.0.1/tcp/")));
	let stat = second.result("dx_stat", json!([])).await;
	assert_eq!((&stat["peers"], &stat["storers"], &stat["keeps"]), (&json!(1), &json!(1), &json!(true)));
	let addresses: Vec<Value> = second.dx.addresses().iter().map(|address| json!(address.to_string())).collect();
	assert_eq!(stat["addresses"], json!(addresses));
	first.stop().await;
	second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_answered_by_its_name_and_changes_nothing() {
	let node = Node::start().await;
	let data = data(10);
	let large = self::data(MAX_BYTES + 1);
	for (method, params, code, name) in [
		("dx_upload", json!(["nonsense", hex(&data)]), 8001, "InvalidKey"),
		("dx_download", json!(["nonsense"]), 8001, "InvalidKey"),
		("dx_download", json!([key(&data).to_uppercase()]), 8001, "InvalidKey"),
		("dx_upload", json!([key(&large), hex(&data)]), 8002, "WrongKey"),
		("dx_upload", json!([key(&large), hex(&large)]), 8005, "TooLarge"),
	] {
		let (got, named, message) = node.refused(method, params).await;
		assert_eq!((got, named.as_str()), (code, name), "{message}");
		assert!(!message.is_empty());
	}
	assert_eq!(node.keys().await, 0);
	node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_parameters_are_named() {
	let node = Node::start().await;
	let data = data(10);
	let (key, hex) = (key(&data), hex(&data));
	for (method, params, expected) in [
		("dx_upload", json!([key]), "dx_upload: data: it must be bytes in hexadecimal after 0x."),
		("dx_upload", json!([1, hex]), "dx_upload: key: it must be a content id as text."),
		(
			"dx_upload",
			json!([key, "payload"]),
			"dx_upload: data: it must be bytes in hexadecimal after 0x, two digits each.",
		),
		(
			"dx_upload",
			json!([key, "0x1"]),
			"dx_upload: data: it must be bytes in hexadecimal after 0x, two digits each.",
		),
		("dx_upload", json!([key, hex, "more"]), "dx_upload takes (key, data) and nothing else."),
		("dx_upload", json!({ "key": key, "bytes": hex }), "dx_upload takes (key, data) and nothing else."),
		("dx_download", json!([]), "dx_download: key: it must be a content id as text."),
		("dx_download", json!([null]), "dx_download: key: it must be a content id as text."),
		("dx_stat", json!([1]), "dx_stat takes () and nothing else."),
		("dx_peers", json!({ "all": true }), "dx_peers takes () and nothing else."),
	] {
		assert_eq!(node.refused(method, params).await, (-32602, String::new(), expected.to_string()));
	}
	assert_eq!(node.keys().await, 0);
	node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_upload_is_told_how_it_would_be_allowed_and_can_download() {
	let open = Node::start().await;
	let closed = Node::with(&[&open], rpc::DEADLINE, |_| false).await;
	let data = data(100);
	let (code, name, message) = closed.refused("dx_upload", json!([key(&data), hex(&data)])).await;
	assert_eq!((code, name.as_str()), (-32601, "UploadNotAllowed"));
	assert!(message.contains("--dx-unsafe-upload"), "{message}");
	open.result("dx_upload", json!([key(&data), hex(&data)])).await;
	assert_eq!(closed.result("dx_download", json!([key(&data)])).await, hex(&data));
	open.stop().await;
	closed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_is_given_up_at_the_deadline() {
	let other = Node::start().await;
	let node = Node::with(&[&other], Duration::from_millis(500), |_| true).await;
	let (code, name, message) = node.refused("dx_download", json!([key(&data(10))])).await;
	assert_eq!((code, name.as_str()), (8003, "NotFound"), "{message}");
	node.stop().await;
	other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callers_at_once_are_all_served() {
	let node = Node::start().await;
	let calls = (0..100).map(|i| {
		let node = &node;
		async move {
			let data = data(1000 + i);
			node.result("dx_upload", json!([key(&data), hex(&data)])).await;
			node.result("dx_download", json!([key(&data)])).await == hex(&data)
		}
	});
	assert!(futures::future::join_all(calls).await.into_iter().all(|same| same));
	assert_eq!(node.keys().await, 100);
	node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_large_downloads_than_there_is_room_for_are_served_one_after_the_other_without_beginning_anew() {
	let holder = Node::start().await;
	let metrics = Registry::new();
	let node = Node::counted_in(metrics.clone(), &[&holder], rpc::DEADLINE, |_| true).await;
	// Four of this size fit at once.
	let all: Vec<Bytes> = (0..14).map(|i| data(MAX_BYTES - i)).collect();
	for data in &all {
		holder.dx.upload(None, data.clone(), rpc::DEADLINE).await.expect("there is room");
	}
	let downloads = all.iter().map(|data| async { node.result("dx_download", json!([key(data)])).await == hex(data) });
	assert!(futures::future::join_all(downloads).await.into_iter().all(|same| same));
	let outcomes: Vec<(String, f64)> = metrics
		.gather()
		.iter()
		.filter(|family| family.get_name() == "airo_dx_downloads_total")
		.flat_map(|family| family.get_metric())
		.map(|metric| (metric.get_label()[0].get_value().to_string(), metric.get_counter().get_value()))
		.collect();
	assert_eq!(outcomes, [("Ok".to_string(), 14.0)]);
	node.stop().await;
	holder.stop().await;
}
