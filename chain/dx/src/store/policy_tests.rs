use super::*;
use bytes::Bytes;

const MINUTE_MS: u64 = 60_000;

fn key(name: u8) -> ContentId {
	ContentId::of(&Bytes::from(vec![name]))
}

fn policy() -> Policy {
	Policy::new(Limits {
		stranger_bytes: 100,
		stranger_time: Duration::from_millis(10 * MINUTE_MS),
		total_bytes: 1_000,
	})
}

/// Stores something, and lets go of it.
fn keep(policy: &mut Policy, name: u8, bytes: u64, now_ms: u64) -> Result<Vec<ContentId>, Refused> {
	let evicted = policy.admit(key(name), bytes, now_ms);
	policy.unpin(&key(name));
	evicted
}

#[test]
fn strangers_share_a_quota_and_the_oldest_goes_first() {
	let mut policy = policy();
	assert_eq!(keep(&mut policy, 1, 40, 0), Ok(vec![]));
	assert_eq!(keep(&mut policy, 2, 40, 1), Ok(vec![]));
	assert_eq!(keep(&mut policy, 3, 50, 2), Ok(vec![key(1)]));
	assert_eq!((policy.count(), policy.stranger_bytes(), policy.total_bytes()), (2, 90, 90));
	assert!(matches!(keep(&mut policy, 4, 101, 3), Err(Refused::TooLarge(_))));
	assert_eq!((policy.count(), policy.stranger_bytes()), (2, 90), "what is refused changes nothing");
}

#[test]
fn what_is_stored_again_is_young_again() {
	let mut policy = policy();
	keep(&mut policy, 1, 40, 0).unwrap();
	keep(&mut policy, 2, 40, 1).unwrap();
	keep(&mut policy, 1, 40, 2).unwrap();
	assert_eq!(keep(&mut policy, 3, 50, 3), Ok(vec![key(2)]));
}

#[test]
fn what_is_being_stored_or_passed_on_stays() {
	let mut policy = policy();
	policy.admit(key(1), 60, 0).unwrap();
	assert!(matches!(keep(&mut policy, 2, 60, 1), Err(Refused::Full(_))));
	assert_eq!(policy.expire(100 * MINUTE_MS), []);
	policy.unpin(&key(1));
	assert_eq!(policy.expire(100 * MINUTE_MS), [key(1)]);
}

#[test]
fn strangers_data_goes_when_its_time_is_over() {
	let mut policy = policy();
	keep(&mut policy, 1, 40, 0).unwrap();
	keep(&mut policy, 2, 40, MINUTE_MS).unwrap();
	assert_eq!(policy.expire(10 * MINUTE_MS - 1), []);
	assert_eq!(policy.expire(10 * MINUTE_MS), [key(1)]);
	assert_eq!((policy.count(), policy.stranger_bytes(), policy.total_bytes()), (1, 40, 40));
}

#[test]
fn what_the_chain_refers_to_is_kept_beyond_the_quota_until_it_is_not_referred_to() {
	let mut policy = policy();
	keep(&mut policy, 1, 40, 0).unwrap();
	let changed = policy.set_references(HashSet::from([key(1), key(2)]), 5);
	assert_eq!(changed, [Kept { key: key(1), bytes: 40, since_ms: 5, referenced: true }]);
	assert_eq!(keep(&mut policy, 2, 900, 6), Ok(vec![]));
	assert_eq!((policy.stranger_bytes(), policy.total_bytes()), (0, 940));
	assert_eq!(policy.expire(1_000 * MINUTE_MS), []);
	assert!(matches!(keep(&mut policy, 3, 61, 7), Err(Refused::Full(_))), "it does not fit beside what must stay");
	assert_eq!(policy.set_references(HashSet::from([key(1)]), 8).len(), 1);
	assert_eq!(policy.expire(9), [key(2)], "it is more than strangers may have");
	assert_eq!((policy.stranger_bytes(), policy.total_bytes()), (0, 40));
}

#[test]
fn what_was_there_before_counts() {
	let mut policy = policy();
	policy.restore(Kept { key: key(1), bytes: 90, since_ms: 3, referenced: false });
	policy.restore(Kept { key: key(2), bytes: 500, since_ms: 4, referenced: true });
	assert_eq!((policy.count(), policy.stranger_bytes(), policy.total_bytes()), (2, 90, 590));
	assert_eq!(keep(&mut policy, 3, 20, 5), Ok(vec![key(1)]));
	policy.set_references(HashSet::new(), 6);
	assert_eq!(policy.stranger_bytes(), 520, "it is for the chain to say again what it refers to");
}

#[test]
fn sizes_cannot_overflow() {
	let mut policy = policy();
	assert!(matches!(keep(&mut policy, 1, u64::MAX, 0), Err(Refused::TooLarge(_))));
	policy.set_references(HashSet::from([key(1)]), 0);
	assert!(matches!(keep(&mut policy, 1, u64::MAX, 0), Err(Refused::Full(_))));
}
