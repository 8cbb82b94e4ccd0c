use super::*;
use crate::{content_id::cid_of, dag::RAW};
use std::collections::{BTreeSet, HashMap};
use tokio::time::advance;

/// What a want has said to whom.
#[derive(Default)]
struct Log {
	connected: Vec<PeerId>,
	asked: Vec<(PeerId, Kind)>,
	cancelled: BTreeSet<PeerId>,
	heard: HashMap<PeerId, Instant>,
}

impl Asking for Log {
	fn connected(&self, _: &Cid) -> Vec<PeerId> {
		self.connected.clone()
	}

	fn heard(&self, peer: &PeerId) -> Option<Instant> {
		self.heard.get(peer).copied()
	}

	fn ask(&mut self, peer: PeerId, _: Cid, kind: Kind) {
		self.asked.push((peer, kind));
	}

	fn cancel(&mut self, peer: PeerId, _: Cid) {
		self.cancelled.insert(peer);
	}
}

impl Log {
	fn of(connected: &[PeerId]) -> Self {
		Self { connected: connected.to_vec(), ..Self::default() }
	}

	/// What was said since the last time.
	fn take(&mut self) -> Vec<(PeerId, Kind)> {
		std::mem::take(&mut self.asked)
	}
}

fn peers<const N: usize>() -> [PeerId; N] {
	std::array::from_fn(|_| PeerId::random())
}

fn want(first: &[PeerId], only: bool) -> Want {
	Want::new(cid_of(RAW, b"airo"), first.to_vec(), only)
}

#[test]
fn the_best_peer_is_asked_for_the_block_and_the_others_whether_they_have_it() {
	let [a, b, c] = peers();
	let (mut want, mut log) = (want(&[], false), Log::of(&[a, b, c]));
	want.step(&mut log);
	assert_eq!(log.take(), [(a, Kind::Block), (b, Kind::Have), (c, Kind::Have)]);
	want.on_presence(c, true, &mut log);
	assert_eq!(log.take(), [], "the first one has not answered yet");
	want.on_presence(a, false, &mut log);
	assert_eq!(log.take(), [(c, Kind::Block)]);
	want.on_block(c, &Bytes::from_static(b"airo"));
	assert_eq!(want.outcome(), Some(&Outcome::Found { bytes: Bytes::from_static(b"airo"), from: c }));
	want.end(&mut log);
	assert_eq!(log.cancelled, BTreeSet::from([a, b]));
}

#[test]
fn a_peer_that_is_slow_gets_company() {
	let [a, b, c, d] = peers();
	let (mut want, mut log) = (want(&[a, b, c, d], false), Log::default());
	want.step(&mut log);
	assert_eq!(log.take(), [(a, Kind::Block)]);
	for expected in [vec![(b, Kind::Block)], vec![(c, Kind::Block)], vec![]] {
		want.on_slow(&mut log);
		assert_eq!(log.take(), expected);
	}
}

/// What is said in the next seconds, each with its second.
async fn seconds(count: u32, want: &mut Want, log: &mut Log) -> Vec<(u32, PeerId, Kind)> {
	let mut said = Vec::new();
	for second in 1..=count {
		advance(Duration::from_secs(1)).await;
		want.on_slow(log);
		said.extend(log.take().into_iter().map(|(peer, kind)| (second, peer, kind)));
	}
	said
}

#[tokio::test(start_paused = true)]
async fn who_is_silent_is_asked_the_same_again_until_there_is_an_answer() {
	let [a, b] = peers();
	let (mut want, mut log) = (want(&[], false), Log::of(&[a, b]));
	want.step(&mut log);
	assert_eq!(log.take(), [(a, Kind::Block), (b, Kind::Have)]);
	let again = [(5, a, Kind::Block), (5, b, Kind::Have), (10, a, Kind::Block), (10, b, Kind::Have)];
	assert_eq!(seconds(11, &mut want, &mut log).await, again);
	assert!(log.cancelled.is_empty(), "an answer may be on its way");
	want.on_presence(b, false, &mut log);
	assert_eq!(seconds(4, &mut want, &mut log).await, [(4, a, Kind::Block)]);
	want.on_block(a, &Bytes::from_static(b"airo"));
	assert_eq!(seconds(6, &mut want, &mut log).await, []);
	want.end(&mut log);
	assert_eq!(log.cancelled, BTreeSet::from([a, b]), "it need not send the block once more");
}

#[tokio::test(start_paused = true)]
async fn only_certain_peers_are_asked_again_as_well() {
	let [a] = peers();
	let (mut want, mut log) = (want(&[a], true), Log::default());
	want.step(&mut log);
	log.take();
	assert_eq!(seconds(6, &mut want, &mut log).await, [(5, a, Kind::Block)]);
}

#[tokio::test(start_paused = true)]
async fn who_gives_other_things_meanwhile_is_asked_again_only_after_longer() {
	let [a] = peers();
	let (mut want, mut log) = (want(&[], false), Log::of(&[a]));
	want.step(&mut log);
	log.take();
	let mut again = Vec::new();
	for second in 1..=24 {
		log.heard.insert(a, Instant::now());
		again.extend(seconds(1, &mut want, &mut log).await.into_iter().map(|(_, peer, kind)| (second, peer, kind)));
	}
	assert_eq!(again, [(20, a, Kind::Block)]);
	assert_eq!(seconds(5, &mut want, &mut log).await, [(4, a, Kind::Block)], "nothing comes any more");
}

#[test]
fn further_peers_are_searched_when_nobody_can_be_asked_and_asked_when_they_come() {
	let [a, b] = peers();
	let (mut want, mut log) = (want(&[], false), Log::default());
	want.step(&mut log);
	assert!(want.take_search());
	assert!(!want.take_search(), "one search at a time");
	want.on_joined(a, &mut log);
	want.on_joined(b, &mut log);
	assert_eq!(log.take(), [(a, Kind::Block), (b, Kind::Have)]);
	let pauses = (0..7).map(|_| want.on_searched().as_millis()).collect::<Vec<_>>();
	assert_eq!(pauses, [500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
	want.on_failed(&a, &mut log);
	want.on_failed(&b, &mut log);
	want.on_pause_over(&mut log);
	assert!(want.take_search());
}

#[test]
fn a_peer_that_comes_back_is_asked_again() {
	let [a] = peers();
	let (mut want, mut log) = (want(&[], false), Log::of(&[a]));
	want.step(&mut log);
	want.on_failed(&a, &mut log);
	log.take();
	want.on_joined(a, &mut log);
	assert_eq!(log.take(), [(a, Kind::Block)]);
}

#[test]
fn a_lie_is_remembered_and_counts_only_when_nobody_has_the_right_thing() {
	let [a, b] = peers();
	let (mut want, mut log) = (want(&[], false), Log::of(&[a, b]));
	want.step(&mut log);
	want.on_lie(a, &mut log);
	want.on_presence(a, true, &mut log);
	assert_eq!(log.take(), [(a, Kind::Block), (b, Kind::Have)], "who has lied is not asked again");
	want.on_presence(b, false, &mut log);
	assert!(want.take_search());
	assert_eq!(want.outcome(), None);
	want.on_searched();
	assert_eq!(want.outcome(), Some(&Outcome::Lied(a)));
}

#[test]
fn with_only_certain_peers_it_ends_when_none_of_them_has_it() {
	let [a, b, c] = peers();
	let (mut want, mut log) = (want(&[a, b], true), Log::of(&[c]));
	want.step(&mut log);
	want.on_presence(a, false, &mut log);
	assert_eq!(log.take(), [(a, Kind::Block), (b, Kind::Block)]);
	want.on_joined(c, &mut log);
	want.on_failed(&b, &mut log);
	assert_eq!(log.take(), []);
	assert_eq!(want.outcome(), Some(&Outcome::NotThere));
}

#[test]
fn with_only_one_peer_its_lie_ends_it() {
	let [a] = peers();
	let (mut want, mut log) = (want(&[a], true), Log::default());
	want.step(&mut log);
	want.on_lie(a, &mut log);
	assert_eq!(want.outcome(), Some(&Outcome::Lied(a)));
}

#[test]
fn not_all_connected_peers_are_asked_at_once() {
	let many: [PeerId; 40] = peers();
	let (mut want, mut log) = (want(&[], false), Log::of(&many));
	want.step(&mut log);
	assert_eq!(log.take().len(), MAX_QUERIED);
}
