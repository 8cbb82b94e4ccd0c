//! One block that is looked for: whom to ask, whom to ask next, and when to give up. It does nothing by itself: it is told
//! what happens, and says through [`Asking`] what is to be done.

use super::message::Kind;
use bytes::Bytes;
use cid::Cid;
use indexmap::IndexMap;
use litep2p::PeerId;
use std::time::Duration;
use tokio::time::Instant;

/// So many connected peers are asked at once whether they have a block.
const MAX_QUERIED: usize = 16;
/// So many peers are asked for the same block at once when the first ones are slow.
const MAX_ASKED: usize = 3;
/// When to ask another peer beside one that does not answer.
pub(crate) const HEDGE: Duration = Duration::from_secs(1);
/// A peer that was asked, and from which nothing has come for so long, is asked again: what was asked may have got lost.
/// Kubo for one forgets what it is asked while it is just sending the same block for an earlier question.
const SILENCE: Duration = Duration::from_secs(5);
/// One from which other things come is asked again only after this time; it probably has much to send.
const PATIENCE: Duration = Duration::from_secs(20);
/// The pauses between searches for further peers, in milliseconds.
const SEARCH_PAUSES_MS: [u64; 5] = [500, 1_000, 2_000, 4_000, 8_000];

/// What has become of the question to a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
	/// It was asked for the block.
	Asked,
	/// It was asked whether the block is there.
	Queried,
	/// It said that it has it.
	Has,
	/// It said that it does not.
	None,
	/// It sent something else.
	Lied,
	/// It could not be reached.
	Failed,
}

/// What there is between a want and a peer.
struct Question {
	state: State,
	/// When it was asked, the last time if it was several times.
	at: Instant,
	/// Whether it was asked more than once.
	again: bool,
}

/// What comes of a want.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
	Found {
		bytes: Bytes,
		from: PeerId,
	},
	/// None of the only peers that were to be asked has it.
	NotThere,
	/// A peer gave something else, and nobody the right thing.
	Lied(PeerId),
}

/// What a want does to the world.
pub(crate) trait Asking {
	/// The connected peers, the best first.
	fn connected(&self, cid: &Cid) -> Vec<PeerId>;
	/// When a block, a part of one, or the answer whether there is one has last come from a peer.
	fn heard(&self, peer: &PeerId) -> Option<Instant>;
	fn ask(&mut self, peer: PeerId, cid: Cid, kind: Kind);
	fn cancel(&mut self, peer: PeerId, cid: Cid);
}

pub(crate) struct Want {
	cid: Cid,
	/// Peers that probably have it, the best first.
	first: Vec<PeerId>,
	/// Whether only these are asked.
	only: bool,
	questions: IndexMap<PeerId, Question>,
	parallel: usize,
	searches: usize,
	search: bool,
	searching: bool,
	outcome: Option<Outcome>,
}

impl Want {
	pub fn new(cid: Cid, first: Vec<PeerId>, only: bool) -> Self {
		Self {
			cid,
			first,
			only,
			questions: IndexMap::new(),
			parallel: 1,
			searches: 0,
			search: false,
			searching: false,
			outcome: None,
		}
	}

	/// What has come of it, if anything.
	pub fn outcome(&self) -> Option<&Outcome> {
		self.outcome.as_ref()
	}

	/// A peer that sent something else.
	pub fn liar(&self) -> Option<PeerId> {
		self.in_state(State::Lied)
	}

	/// Whether further peers are to be looked for now. Says so once for each search; [`Self::on_searched`] must follow.
	pub fn take_search(&mut self) -> bool {
		std::mem::take(&mut self.search)
	}

	/// Whether the block itself was asked of this peer, and it has not answered.
	pub fn is_asked_of(&self, peer: &PeerId) -> bool {
		self.state(peer) == Some(State::Asked)
	}

	/// Begins, or goes on when something has changed.
	pub fn step(&mut self, asking: &mut impl Asking) {
		if self.outcome.is_some() || self.count(State::Asked) >= self.parallel {
			return;
		}
		let next = self.first.iter().find(|peer| !self.questions.contains_key(*peer)).copied();
		if let Some(next) = next.or_else(|| self.in_state(State::Has)) {
			self.ask(next, State::Asked, asking);
			return;
		}
		if self.only {
			if self.count(State::Asked) == 0 {
				self.outcome = Some(self.liar().map_or(Outcome::NotThere, Outcome::Lied));
			}
			return;
		}
		let mut asked = self.count(State::Asked) + self.count(State::Queried) > 0;
		let connected = asking.connected(&self.cid);
		let unknown = connected.into_iter().filter(|peer| !self.questions.contains_key(peer)).take(MAX_QUERIED);
		for peer in unknown.collect::<Vec<_>>() {
			self.ask(peer, if asked { State::Queried } else { State::Asked }, asking);
			asked = true;
		}
		if !asked {
			self.start_search();
		}
	}

	pub fn on_block(&mut self, from: PeerId, bytes: &Bytes) {
		// If it was asked more than once, it need not send it once more, which it is told at the end.
		if self.questions.get(&from).is_some_and(|question| !question.again) {
			self.questions.shift_remove(&from);
		}
		if !matches!(self.outcome, Some(Outcome::Found { .. })) {
			self.outcome = Some(Outcome::Found { bytes: bytes.clone(), from });
		}
	}

	pub fn on_presence(&mut self, from: PeerId, has: bool, asking: &mut impl Asking) {
		let Some(Question { state, .. }) = self.questions.get_mut(&from) else { return };
		// A peer that was asked for the block and says that it has it is going to send it. One that has lied may say
		// what it likes.
		if *state == State::Lied || (*state == State::Asked && has) {
			return;
		}
		*state = if has { State::Has } else { State::None };
		self.step(asking);
	}

	pub fn on_lie(&mut self, from: PeerId, asking: &mut impl Asking) {
		self.questions.entry(from).or_insert_with(|| Question::new(State::Lied)).state = State::Lied;
		self.step(asking);
	}

	pub fn on_failed(&mut self, peer: &PeerId, asking: &mut impl Asking) {
		if let Some(question) = self.questions.get_mut(peer).filter(|question| question.state != State::Lied) {
			question.state = State::Failed;
			self.step(asking);
		}
	}

	/// A peer has been connected.
	pub fn on_joined(&mut self, peer: PeerId, asking: &mut impl Asking) {
		// Who could not be reached may be reached now.
		let is_known = self.state(&peer).is_some_and(|state| state != State::Failed);
		if self.only || is_known || self.outcome.is_some() {
			return;
		}
		let is_next = self.count(State::Asked) < self.parallel;
		self.ask(peer, if is_next { State::Asked } else { State::Queried }, asking);
	}

	/// Another [`HEDGE`] has passed.
	pub fn on_slow(&mut self, asking: &mut impl Asking) {
		self.ask_again(asking);
		self.parallel = MAX_ASKED.min(self.parallel + 1);
		self.step(asking);
		if !self.only && self.outcome.is_none() {
			self.start_search();
		}
	}

	/// A search is over.
	///
	/// Returns the pause after which [`Self::on_pause_over`] is to be called.
	pub fn on_searched(&mut self) -> Duration {
		let open = [State::Asked, State::Queried, State::Has].into_iter().map(|state| self.count(state)).sum::<usize>();
		if let (0, None, Some(liar)) = (open, &self.outcome, self.liar()) {
			self.outcome = Some(Outcome::Lied(liar));
		}
		let pause = SEARCH_PAUSES_MS[self.searches.min(SEARCH_PAUSES_MS.len() - 1)];
		self.searches += 1;
		Duration::from_millis(pause)
	}

	pub fn on_pause_over(&mut self, asking: &mut impl Asking) {
		self.searching = false;
		self.step(asking);
	}

	/// It is over: the others need not send it, now or when they get it.
	pub fn end(&mut self, asking: &mut impl Asking) {
		for (peer, question) in self.questions.drain(..) {
			if !matches!(question.state, State::Lied | State::Failed) {
				asking.cancel(peer, self.cid);
			}
		}
	}

	fn start_search(&mut self) {
		if !self.searching {
			self.searching = true;
			self.search = true;
		}
	}

	fn ask(&mut self, peer: PeerId, state: State, asking: &mut impl Asking) {
		self.questions.insert(peer, Question::new(state));
		asking.ask(peer, self.cid, state.kind());
	}

	/// Repeats what was asked of peers that are silent. Nothing is cancelled before, since an answer may be on its way.
	fn ask_again(&mut self, asking: &mut impl Asking) {
		if self.outcome.is_some() {
			return;
		}
		let now = Instant::now();
		let open = |state| matches!(state, State::Asked | State::Queried);
		for (peer, question) in self.questions.iter_mut().filter(|(_, question)| open(question.state)) {
			let heard = asking.heard(peer).map_or(question.at, |heard| heard.max(question.at));
			if now.duration_since(heard) >= SILENCE || now.duration_since(question.at) >= PATIENCE {
				(question.at, question.again) = (now, true);
				asking.ask(*peer, self.cid, question.state.kind());
			}
		}
	}

	fn state(&self, peer: &PeerId) -> Option<State> {
		self.questions.get(peer).map(|question| question.state)
	}

	fn count(&self, wanted: State) -> usize {
		self.questions.values().filter(|question| question.state == wanted).count()
	}

	fn in_state(&self, wanted: State) -> Option<PeerId> {
		self.questions.iter().find(|(_, question)| question.state == wanted).map(|(peer, _)| *peer)
	}
}

impl State {
	/// What is asked to get into this state.
	fn kind(self) -> Kind {
		if self == Self::Asked { Kind::Block } else { Kind::Have }
	}
}

impl Question {
	fn new(state: State) -> Self {
		Self { state, at: Instant::now(), again: false }
	}
}

#[cfg(test)]
#[path = "want_tests.rs"]
mod tests;
