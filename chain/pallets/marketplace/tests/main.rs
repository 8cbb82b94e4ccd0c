//! The behaviour of the pallet, call by call.
