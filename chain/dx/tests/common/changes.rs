//! Changes of messages, as strangers or broken wires make them; the same in each run.

use rand::{Rng, SeedableRng, rngs::StdRng};

pub struct Changes(StdRng);

impl Changes {
	pub fn new(seed: u64) -> Self {
		Self(StdRng::seed_from_u64(seed))
	}

	/// A message after one to four changes.
	pub fn of(&mut self, message: &[u8]) -> Vec<u8> {
		let mut changed = message.to_vec();
		for _ in 0..self.0.gen_range(1..=4) {
			self.change(&mut changed);
		}
		changed
	}

	fn change(&mut self, bytes: &mut Vec<u8>) {
		let at = self.0.gen_range(0..=bytes.len());
		let rest = bytes.len() - at;
		match self.0.gen_range(0..6) {
			0 if rest > 0 => bytes[at] ^= 1 << self.0.gen_range(0..8),
			1 if rest > 0 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][self.0.gen_range(0..5)],
			2 => bytes.truncate(at),
			3 => drop(bytes.drain(at..at + rest.min(8))),
			4 => {
				let part = bytes[at..at + rest.min(32)].to_vec();
				bytes.splice(at..at, part);
			}
			// A length that nobody has, as a varint of ten bytes.
			_ => drop(bytes.splice(at..at, [[0xff; 9].as_slice(), &[1]].concat())),
		}
	}
}
